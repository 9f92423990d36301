/** How a person started us, and so how they go on: `yo istio-prod:revision 1.10.3`, or `istio-prod revision 1.10.3`. */
export type FrontDoor = 'yo istio-prod' | 'istio-prod';

/**
 * A message with its commands as this front door takes them. The source writes all of them for yo.
 *
 * Files and commit messages are not translated: they are the same whoever made them.
 */
export function asTyped(message: string, door: FrontDoor): string {
  if (door === 'yo istio-prod') return message;
  return message.replaceAll(/\byo istio-prod(?::(?=[a-z]))?/g, (words) =>
    words.endsWith(':') ? 'istio-prod ' : 'istio-prod',
  );
}
