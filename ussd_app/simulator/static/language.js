// Which language a screen or a message is in, so that it is read aloud in the right voice.

// Words of our English texts that are no syllable of Vietnamese, with or without its accents, nor borrowed by it.
const ENGLISH = /\b(your|you|please|home|back|thank|leave|number|was|have|has|key|call|questions|wrong|what|more|hello|cash|changed|choice|again|once|office|officer|limit|leaves|gift|customer|choose|digits|easy|closed|other|open|agree|refused|another|paying|need)\b/i;

export const languageOf = (text) => (ENGLISH.test(text) ? "en" : "vi");
