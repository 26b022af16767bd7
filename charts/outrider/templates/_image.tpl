{{/* The image by its full name: repository:tag, repository:tag@digest. */}}
{{- define "outrider.image" -}}
{{- with .Values.image -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ with .digest }}@{{ . }}{{ end }}
{{- end }}
{{- end }}
