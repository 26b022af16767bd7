/** What a test needs to bring its images into a cluster: `cluster.loadImage(await buildImage({ … }))`. */
export { buildBaseImage } from './images/base.ts';
export { buildImage } from './images/build.ts';
export { buildBusyboxImage, busyboxImageName } from './images/busybox.ts';
export { buildEnvoyImage } from './images/envoy.ts';
