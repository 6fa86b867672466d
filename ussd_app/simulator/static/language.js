// Which language a screen or a message is in, so that it is read aloud in the right voice.

// Words of our English texts that are no syllable of Vietnamese, with or without its accents.
const ENGLISH = /\b(your|you|please|money|home|back|thank|leave|welcome|number|paid)\b/i;

export const languageOf = (text) => (ENGLISH.test(text) ? "en" : "vi");
