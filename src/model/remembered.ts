/** A pure function of words that keeps its answers: it is asked the same for every cluster of a fleet. */
export function remembered<Words extends readonly string[], Answer>(
  answer: (...words: Words) => Answer,
): (...words: Words) => Answer {
  const answers = new Map<string, Answer>();
  return (...words) => {
    const key = words.join('\n');
    let known = answers.get(key);
    if (known === undefined) {
      known = answer(...words);
      answers.set(key, known);
    }
    return known;
  };
}
