/**
 * What the API server passes on: 256 characters of one warning, 4096 of all together
 * (k8s.io/apiserver/pkg/endpoints/filters/warning.go).
 */
const longest = 256;
const most = 10;

/** What a person is told beside the answer, cut to what arrives: the first of them, and how many more there are. */
export function fitWarnings(texts: readonly string[]): string[] {
  const all = texts.map((text) => cut(`outrider: ${text}`));
  return all.length <= most
    ? all
    : [...all.slice(0, most - 1), `outrider: and ${all.length - most + 1} more warnings`];
}

/** By code points, as the API server counts. */
function cut(text: string): string {
  const points = [...text];
  return points.length <= longest ? text : `${points.slice(0, longest - 1).join('')}…`;
}
