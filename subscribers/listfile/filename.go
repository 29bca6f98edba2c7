package listfile

import (
	"strings"

	"postbag/digest/lazyregexp"
	"postbag/subscribers"
)

// NameSpeaks tells what the name of a file, or a line above its headings, says of all
// whom it lists: Unsubscribed of people who left, whatever they did, Pending of people
// who never confirmed, and "" where it says neither. Some tools tell it nowhere else.
// A name that only may mean it counts: another name is given easily.
func NameSpeaks(name string) subscribers.State {
	text := fold(name)
	for _, means := range otherMeanings {
		text = strings.ReplaceAll(text, means, " ")
	}
	switch {
	case hasStem(text, leavingStems), hasStem(text, nameStems), holdsPhrase(text, leavingPhrases), onlyWord(text):
		return subscribers.Unsubscribed
	case holdsPhrase(text, unconfirmedPhrases), hasStem(text, unconfirmedStems):
		return subscribers.Pending
	}
	return ""
}

// otherMeanings speak of how a list was made.
var otherMeanings = folded("cleaned up|duplicates removed|dupes removed|doubles removed|duplicates deleted")

var (
	nameStems = stems("unsub|nonsub|exsub|optout|nomail|noemail|donot|dontmail|dontemail|blocklist|blacklist|stoplist|denylist|quarantin|unreachable|invalidemail|hardbounce|rejected|refused|declined|excluded|erased",
		"inactiv|inactif|inaktiv|inattiv|inativ|neaktiv|nieaktyw|неактив|abbestell|ehemalig|gesperrt|unzustellbar|désabonn|rebot|rimbalz|dado de baja|odmow|vyřazen")
	// leavingPhrases stand in a name as whole words; where no spaces part words, anywhere.
	leavingPhrases = phrases(subscribers.Unsubscribed, subscribers.Bounced, subscribers.Complained)
	// unconfirmedPhrases likewise.
	unconfirmedPhrases = phrases(subscribers.Pending)
	unconfirmedStems   = stems("unconfirm|unverif|unactivat|unbestätigt|onbevestigd|obekräft|ubekreft|ubekræft|niepotwierdz|nepotvrz|notconfirmed|awaitingconfirm")
	// ambiguous are words of states that names have for other reasons, such as that of
	// the publication.
	ambiguous = set("left|leave|leaving|stop|quit|exit|gone|held|departed|clean|do not|don t|dont|ne pas|by user|by moderator|transactional|offen|waiting|wartend|invited|archived|invalid|stopped|resign")
)

// phrases gives the words of states, and those of leaving.
func phrases(of ...subscribers.State) (all []string) {
	for _, state := range of {
		for w := range set(stateWords[state]...) {
			if !ambiguous[w] {
				all = append(all, w)
			}
		}
		if state != subscribers.Unsubscribed {
			continue
		}
		for w := range leavingWords {
			if !ambiguous[w] {
				all = append(all, w)
			}
		}
		for _, w := range leavingSigns {
			if !ambiguous[w] {
				all = append(all, w)
			}
		}
		all = append(all, folded("do not send|do not write|dont mail|dont email|don t mail|don t email|don t contact|radiés|ne pas contacter|ne pas envoyer|ne plus contacter|ne plus envoyer|block list|black list|stop list|deny list|suppression list|no contact|spam reports|non subscribers|non subscriber|not interested|no longer|former subscribers|former members|former readers|past subscribers|past members|ex subscribers|ex members|opt outs|hard bounces|removals|removal list|remove list|keine werbung|anciens abonnés|anciens membres|ex abonnés|ex socios|ex iscritti|no contactar|non contattare|não contactar")...)
	}
	return all
}

// holdsPhrase tells whether a folded text has one of the phrases.
func holdsPhrase(text string, all []string) bool {
	spaced := " " + text + " "
	for _, phrase := range all {
		switch {
		case strings.Contains(spaced, " "+phrase+" "),
			len(phrase) >= 6 && strings.Contains(spaced, " "+phrase), // with an ending, such as that of many
			unspaced(phrase) && strings.Contains(text, phrase):
			return true
		}
	}
	return false
}

// unspaced tells of words in scripts that put no spaces between them.
func unspaced(phrase string) bool { return unspacedLetter.MatchString(phrase) }

var unspacedLetter = lazyregexp.New(`[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}]`)

// onlyWord tells whether a name has nothing but an ambiguous word and words that any
// list has in its name, so that it can mean only those people.
func onlyWord(text string) bool {
	found := false
	for token := range strings.FieldsSeq(text) {
		switch {
		case ambiguous[token] && states[token] != subscribers.Pending && token != "clean":
			found = true
		case !plainWord.MatchString(token):
			return false
		}
	}
	return found
}

// plainWord are the words that any list may have in its name, and numbers.
var plainWord = lazyregexp.New(`^(csv|tsv|txt|the|my|our|of|list|lists|members?|contacts?|subscribers?|readers?|people|users?|emails?|mails?|addresses|audience|segment|newsletter|export|exported|who|all|have|[0-9a-f]*[0-9][0-9a-f]*)$`)
