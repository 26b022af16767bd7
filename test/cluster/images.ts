/** What the pods of tests are made of: the names of images, and what builds those archives that a node can be given. */
export { buildBusyboxImage, busyboxImageName } from './images/busybox.ts';
export { buildEnvoyImage } from './images/envoy.ts';
export { buildOutriderImage, outriderImage } from './images/outrider.ts';
