{{/*
Which pods are Outrider's: what the mutating webhooks, the policies and the warnings have in common. The table is in
webhook/decision/decide.ts.
*/}}

{{/* Not in the namespaces of Kubernetes, nor in Outrider's own. */}}
{{- define "outrider.elsewhere" -}}
key: kubernetes.io/metadata.name
operator: NotIn
values: [kube-system, kube-public, kube-node-lease, {{ .Release.Namespace }}]
{{- end }}

{{/*
By `by` the pods of a revision are in namespaces that are labelled so (`namespace`), or labelled so themselves (`pod`); an
injector without a revision takes those that no label is about (`neither`); and who looks at pods of all says `all`.
*/}}
{{- define "outrider.enabledNamespace" -}}
matchExpressions:
  - key: outrider.io/injection
    operator: In
    values: [enabled]
  {{- include "outrider.namespaceRevision" . | nindent 2 }}
  - {{- include "outrider.elsewhere" .root | nindent 4 }}
{{- end }}

{{- define "outrider.otherNamespace" -}}
matchExpressions:
  - key: outrider.io/injection
    operator: NotIn
    values: [enabled, disabled]
  {{- include "outrider.namespaceRevision" . | nindent 2 }}
  - {{- include "outrider.elsewhere" .root | nindent 4 }}
{{- end }}

{{- define "outrider.namespaceRevision" -}}
{{- if eq .by "neither" -}}
- key: outrider.io/revision
  operator: DoesNotExist
{{- else if eq .by "namespace" -}}
- key: outrider.io/revision
  operator: In
  values: [{{ .root.Values.revision }}]
{{- end }}
{{- end }}

{{- define "outrider.podRevision" -}}
{{- if eq .by "pod" -}}
- key: outrider.io/revision
  operator: In
  values: [{{ .root.Values.revision }}]
{{- else if ne .by "all" -}}
- key: outrider.io/revision
  operator: DoesNotExist
{{- end }}
{{- end }}

{{- define "outrider.notOptedOut" -}}
matchExpressions:
  {{- include "outrider.podRevision" . | nindent 2 }}
  - key: outrider.io/inject
    operator: NotIn
    values: ["false"]
{{- end }}

{{- define "outrider.labelledPod" -}}
{{- with include "outrider.podRevision" . }}
matchExpressions:
  {{- . | nindent 2 }}
{{- end }}
matchLabels:
  outrider.io/inject: "true"
{{- end }}

{{/* The ways by which pods come to this injector. */}}
{{- define "outrider.ways" -}}
{{- if .Values.revision }}namespace pod{{ else }}neither{{ end }}
{{- end }}

{{/* The start of a webhook's name. */}}
{{- define "outrider.way" -}}
{{- if eq . "pod" }}revised-pod.{{ end }}
{{- end }}

{{/* Variables of a policy: for which revision a pod is, and whether that is this one. No label has parentheses. */}}
{{- define "outrider.ours" -}}
- name: revision
  expression: >-
    object.metadata.?labels[?'outrider.io/revision'].orValue(
    namespaceObject.metadata.?labels[?'outrider.io/revision'].orValue('(none)'))
- name: ours
  expression: variables.revision == '{{ .Values.revision | default "(none)" }}'
{{- end }}

{{- define "outrider.createdPods" -}}
- apiGroups: [""]
  apiVersions: [v1]
  operations: [CREATE]
  resources: [pods]
  scope: Namespaced
{{- end }}

{{- define "outrider.podNetwork" -}}
- name: pod-network
  expression: "!object.spec.?hostNetwork.orValue(false)"
{{- end }}

{{/* Once it is injected, a pod on the network of the node would redirect the traffic of the node. */}}
{{- define "outrider.podNetworkOrInjected" -}}
- name: pod-network-or-injected
  expression: >-
    !object.spec.?hostNetwork.orValue(false) ||
    object.spec.?initContainers.orValue([]).exists(one, one.name == 'outrider-init')
{{- end }}

{{- define "outrider.linuxAndNoMirror" -}}
- name: not-windows
  expression: >-
    object.spec.?os.?name.orValue('') != 'windows' &&
    object.spec.?nodeSelector[?'kubernetes.io/os'].orValue('') != 'windows'
- name: not-a-mirror-pod
  expression: "!object.metadata.?annotations[?'kubernetes.io/config.mirror'].hasValue()"
{{- end }}

{{/* The Service, at a path. caBundle is absent on purpose: it is written when Outrider runs, by another field manager. */}}
{{- define "outrider.clientConfig" -}}
service:
  name: outrider-webhook{{ include "outrider.suffix" .root }}
  namespace: {{ .root.Release.Namespace }}
  path: {{ .path }}
{{- end }}
