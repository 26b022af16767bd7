/** RFC 1123, and the underscore, which names of services have. The last label is no number, or it were an address. */
const label = '[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?';
const pattern = new RegExp(`^(${label}\\.)*(?![0-9]+$)${label}$`);

/** Whether `text`, in lower case, can be the name of a host. */
export const isHostName = (text: string): boolean => text.length <= 253 && pattern.test(text);
