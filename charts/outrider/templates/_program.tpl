{{/* What the pods of the chart's programs have in common. */}}

{{- define "outrider.scheduling" -}}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What Pod Security's level restricted asks, and a root filesystem that nobody writes. */}}
{{- define "outrider.securityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* The programs of the chart, and the port of each that others call. */}}
{{- define "outrider.ports" -}}
webhook: https
{{- if include "outrider.issues" . }}
certificates: http
{{- end }}
{{- if .Values.auditor.enabled }}
auditor: http
{{- end }}
{{- end }}
