/** The name by which the API server calls a Service, and checks its certificate. */
export const callName = (service: string, namespace: string): string => `${service}.${namespace}.svc`;

/** All names of a Service: that one, and those that others in the cluster may call it by. */
export const serviceNames = (service: string, namespace: string): string[] => [
  callName(service, namespace),
  `${service}.${namespace}`,
  `${callName(service, namespace)}.cluster.local`,
];
