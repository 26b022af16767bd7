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

{{- define "outrider.enabledNamespace" -}}
matchExpressions:
  - key: outrider.io/injection
    operator: In
    values: [enabled]
  - {{- include "outrider.elsewhere" . | nindent 4 }}
{{- end }}

{{- define "outrider.otherNamespace" -}}
matchExpressions:
  - key: outrider.io/injection
    operator: NotIn
    values: [enabled, disabled]
  - {{- include "outrider.elsewhere" . | nindent 4 }}
{{- end }}

{{- define "outrider.notOptedOut" -}}
matchExpressions:
  - key: outrider.io/inject
    operator: NotIn
    values: ["false"]
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
  name: outrider-webhook
  namespace: {{ .root.Release.Namespace }}
  path: {{ .path }}
{{- end }}
