import { table } from '../../settings/table.ts';

const keys = table
  .filter(({ scope }) => scope === 'annotation')
  .map(({ key }) => key)
  .sort();

const data = (version: string): string => `data:
  version: ${version}
  keys: |
${keys.map((key) => `    ${key}\n`).join('')}`;

/** manifests/settings.yaml. */
export const renderManifest = (
  version: string,
): string => `# The settings that this version knows: injectors of others warn of those that they do not know, and refuse no pod for them
# (docs/revisions.md). It stays when another version is installed in its place; Helm is told so by the annotation.
apiVersion: v1
kind: ConfigMap
metadata:
  name: outrider-settings-${version}
  namespace: outrider-system
  labels:
    app.kubernetes.io/component: settings
  annotations:
    helm.sh/resource-policy: keep
${data(version)}`;

/** The same of the chart. */
export const renderTemplate =
  (): string => `# The settings that this version knows: injectors of others warn of those that they do not know, and refuse no pod for them.
# It stays when another version is installed in its place.
apiVersion: v1
kind: ConfigMap
metadata:
  name: outrider-settings-{{ .Chart.AppVersion }}{{ include "outrider.suffix" . }}
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "outrider.labels" . | nindent 4 }}
    app.kubernetes.io/component: settings
  {{- $keep := dict "helm.sh/resource-policy" "keep" }}
  {{- include "outrider.annotations" (dict "root" . "own" $keep) | nindent 2 }}
${data('{{ .Chart.AppVersion }}')}`;
