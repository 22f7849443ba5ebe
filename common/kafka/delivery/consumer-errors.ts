import { messageOf, TidewatchError } from '../../errors.js';

/** Returns whether kafkajs threw this itself: only then does it know how to go on. */
export function isKafkajsError(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith('KafkaJS');
}

/** Returns what a crash of the consumer ends the loop with: our own error as it is, else CONSUMER_CRASHED. */
export function consumerCrashed(error: Error): TidewatchError {
  if (error instanceof TidewatchError) return error;
  return new TidewatchError({
    code: 'CONSUMER_CRASHED',
    retriable: false,
    cause: error,
    message: `consuming: ${messageOf(error)}`,
  });
}
