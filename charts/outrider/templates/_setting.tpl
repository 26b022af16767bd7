{{/* A setting's text. Helm reads numbers as floats, of which the large would be printed as 1e+06. */}}
{{- define "outrider.setting" -}}
{{- if kindIs "slice" . -}}
{{- range $index, $item := . }}{{ if $index }},{{ end }}{{ include "outrider.setting" $item }}{{ end -}}
{{- else if and (kindIs "float64" .) (eq . (floor .)) -}}
{{ printf "%.0f" . }}
{{- else -}}
{{ . }}
{{- end -}}
{{- end }}
