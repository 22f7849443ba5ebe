import { TidewatchError } from '../../common/errors.js';
import type { ServiceContext } from './settings.js';

/** Throws INTERRUPTED when the start that this context belongs to has been told to end. */
export function throwIfInterrupted({ signal }: ServiceContext, service: string): void {
  if (signal?.aborted !== true) return;
  throw new TidewatchError({
    code: 'INTERRUPTED',
    message: `starting ${service}: told to stop before it was ready`,
    retriable: true,
  });
}
