{{/* Annotations of a webhook configuration: with cert-manager, whose CA its cainjector writes into caBundle. */}}
{{- define "outrider.trust" -}}
{{- if not (include "outrider.issues" .) }}
cert-manager.io/inject-ca-from: {{ .Release.Namespace }}/outrider-webhook{{ include "outrider.suffix" . }}
{{- end }}
{{- end }}
