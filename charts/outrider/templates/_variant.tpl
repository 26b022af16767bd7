{{/* Kubernetes 1.29 has no admission policies in v1: there the webhook itself looks a second time. */}}
{{- define "outrider.hasPolicies" -}}
{{- if semverCompare ">=1.30.0-0" .Capabilities.KubeVersion.Version }}yes{{ end }}
{{- end }}

{{/* Who lets pods start without a proxy while the webhook is away does not want them refused by a second look. */}}
{{- define "outrider.hasBackstopWebhook" -}}
{{- if and (not (include "outrider.hasPolicies" .)) (eq .Values.webhook.failurePolicy "Fail") }}yes{{ end }}
{{- end }}

{{/* Whether it is outrider-certificates that issues what the webhook serves. */}}
{{- define "outrider.issues" -}}
{{- if ne .Values.certificates.issuer "cert-manager" }}yes{{ end }}
{{- end }}
