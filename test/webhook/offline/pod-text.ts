/** A file with a pod, and these lines in its metadata and its spec. */
export const podText = (metadata = '', spec = ''): string => `apiVersion: v1
kind: Pod
metadata:
  name: shop
${metadata}spec:
${spec}  containers:
    - name: shop
      image: shop:1
`;
