import type { RequestHandler } from 'express';

/**
 * Refuses a body where those that are being received take so much already that there is no room for it: many clients at
 * a time would otherwise take all memory, each with a body that is not too large by itself.
 *
 * @param most bytes of all bodies at a time.
 * @param largest bytes of one: what a body counts that does not tell its length.
 */
export function boundBodies(most: number, largest: number): RequestHandler {
  let taken = 0;
  return (request, response, next) => {
    const told = request.headers['content-length'];
    const length = Math.min(told === undefined ? largest : Number(told), largest);
    if (taken + length > most) {
      // What comes of the body is not read.
      response.set('connection', 'close').status(503).json({ error: 'too many large requests at a time' });
      return;
    }
    taken += length;
    response.once('close', () => {
      taken -= length;
    });
    next();
  };
}
