/** What the agent says to a prompt. A real one would ask a model here. */
export function answer(prompt: string): string {
  return `You said: ${prompt}`;
}

/** The same, a word at a time. */
export async function* words(text: string): AsyncGenerator<{ data: { text: string } }, void, unknown> {
  for (const word of text.split(/(?<=\s)/u)) {
    yield { data: { text: word } };
  }
}
