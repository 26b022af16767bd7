/** The pod of the demo, as a user would write it: nothing of it knows of Outrider. */
export const samplePod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
  spec: {
    containers: [
      {
        name: 'web',
        image: 'example/web:1',
        args: ['8080'],
        ports: [{ containerPort: 8080 }],
      },
    ],
  },
} as const;
