{{/* The end of every object's name. */}}
{{- define "outrider.suffix" -}}
{{- with .Values.revision }}-{{ . }}{{ end }}
{{- end }}

{{/* Labels of every object. */}}
{{- define "outrider.labels" -}}
app.kubernetes.io/name: outrider
app.kubernetes.io/part-of: outrider
{{- with .Values.revision }}
outrider.io/revision: {{ . }}
{{- end }}
{{- with .Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Annotations of every object, with their key; nothing where there are none. `own` are those of this one object. */}}
{{- define "outrider.annotations" -}}
{{- with merge (dict) (.own | default dict) .root.Values.annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
