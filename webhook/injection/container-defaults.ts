/**
 * What the API server fills in where a container leaves it out (k8s.io/kubernetes/pkg/apis/core/v1/defaults.go).
 * Said outright, so that a pod which the API server has seen compares equal to what we render.
 */
export const containerDefaults = {
  imagePullPolicy: 'IfNotPresent',
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
} as const;
