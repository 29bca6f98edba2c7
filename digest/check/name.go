package check

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/digest/lazyregexp"
)

// word is a word of a text with what is around it.
type word struct {
	text     string
	begins   bool // a sentence, a line, or a quotation
	adjoins  bool // one space parts it from the word before
	isCapped bool
}

// lower gives a word as lists have it: small, without the 's of an owner.
func (w word) lower() string { return strings.ToLower(bare(w.text)) }

func bare(text string) string {
	return strings.TrimSuffix(strings.TrimSuffix(text, "'s"), "’s")
}

var aWord = lazyregexp.New(`\pL[\pL\pM]*(?:['’.-]\pL[\pL\pM]*)*`)

// elided is what French and Italian shorten before a vowel: l'hôpital, d'Anne.
var elided = lazyregexp.New(`^(?:\p{Ll}|qu|dell|nell|sull|all)['’]`)

// wordsOf gives the words of a text.
func wordsOf(text string) (all []word) {
	end := 0
	for _, at := range aWord.FindAllStringIndex(text, -1) {
		w := word{text: text[at[0]:at[1]]}
		between := text[end:at[0]]
		w.adjoins = between == " " && end > 0
		before := strings.TrimRight(text[:at[0]], " \t")
		last, _ := utf8.DecodeLastRuneInString(before)
		w.begins = before == "" || strings.ContainsRune(".!?:…\n\"“”„«»‘(–—*•", last)
		end = at[1]
		if short := elided.FindString(w.text); short != "" && len(short) < len(w.text) {
			all = append(all, word{text: short, begins: w.begins, adjoins: w.adjoins})
			w = word{text: w.text[len(short):], adjoins: true}
		}
		first, size := utf8.DecodeRuneInString(w.text)
		w.isCapped = unicode.IsUpper(first) && strings.ContainsFunc(w.text[size:], unicode.IsLower)
		all = append(all, w)
	}
	return all
}

// vocabulary knows which words are ordinary ones: those that somebody writes small, and
// those of a language that writes every noun with a capital which follow an article.
type vocabulary struct {
	small      map[string]bool
	nounsLarge bool
}

// vocabularyOf gives the ordinary words of some texts, beside those that every text of
// a language has.
func vocabularyOf(texts []string) vocabulary {
	v := vocabulary{small: map[string]bool{}}
	german, all := 0, 0
	for _, t := range texts {
		for _, w := range wordsOf(t) {
			all++
			if germanWords[w.text] {
				german++
			}
		}
	}
	v.nounsLarge = 12*german > all
	for _, t := range texts {
		v.read(t, "")
	}
	return v
}

// read learns the ordinary words of a text, or with only whether that word is one.
func (v vocabulary) read(text, only string) {
	if only != "" && (v.small[only] || !v.nounsLarge && !strings.Contains(text, only)) {
		return
	}
	words := wordsOf(text)
	for i, w := range words {
		lower := w.lower()
		if only != "" && lower != only {
			continue
		}
		first, _ := utf8.DecodeRuneInString(w.text)
		if unicode.IsLower(first) || v.nounsLarge && w.isCapped && i > 0 && w.adjoins && germanArticles[words[i-1].lower()] {
			v.small[lower] = true
		}
	}
}

// knows tells whether a word, in small letters, is an ordinary one.
func (v vocabulary) knows(lower string) bool {
	return v.small[lower] || ordinary[lower]
}

// unknown gives the words of a text on which it depends whether a name or an
// abbreviation is found in it, and of which nothing is known yet.
func (v vocabulary) unknown(text string) (all []string) {
	none := vocabulary{small: map[string]bool{}}
	for _, name := range names(text, none) {
		for _, w := range wordsOf(name) {
			all = append(all, w.lower())
		}
	}
	for _, short := range abbreviations(text, none) {
		all = append(all, strings.ToLower(short))
	}
	return slices.DeleteFunc(all, v.knows)
}

// names gives what reads as the name of a person: two or three words side by side that
// begin with a capital, the first or the last of which nobody writes small, or one after
// a title such as Mrs. Places, bodies and what has an article before it are left out. A
// script without capitals has none.
func names(text string, known vocabulary) (all []string) {
	words := wordsOf(text)
	isPart := func(w word) bool {
		return w.isCapped && !isPlace(w) && !noName[w.lower()] && !ordinary[w.lower()]
	}
	for i := 0; i < len(words); i++ {
		if titles[strings.TrimSuffix(strings.ToLower(words[i].text), ".")] && i+1 < len(words) && isPart(words[i+1]) {
			name := words[i].text + " " + bare(words[i+1].text)
			if n := strings.Index(text, words[i].text+". "+words[i+1].text); n >= 0 {
				name = words[i].text + ". " + bare(words[i+1].text)
			}
			all = append(all, name)
			i++
			continue
		}
		end := i
		for end < len(words) && isPart(words[end]) && (end == i || words[end].adjoins) {
			end++
		}
		run := words[i:end]
		if len(run) == 0 {
			continue
		}
		isNamed := i > 0 && run[0].adjoins && isBefore(words[i-1]) || end < len(words) && words[end].adjoins && isAfter(words[end])
		// A word that begins a sentence may have its capital from there.
		if run[0].begins && known.knows(run[0].lower()) {
			run = run[1:]
		}
		if len(run) >= 2 && len(run) <= 3 && !isNamed && !(known.knows(run[0].lower()) && known.knows(run[len(run)-1].lower())) {
			var parts []string
			for _, w := range run {
				parts = append(parts, bare(w.text))
			}
			all = append(all, strings.Join(parts, " "))
		}
		i = end - 1
	}
	return unique(all)
}

// isBefore tells whether a word before two capitals makes them the name of something:
// an article, or a word such as rue or lake.
func isBefore(w word) bool {
	return articles[w.lower()] || isPlace(w)
}

// isAfter tells whether a word after two capitals makes the three the name of a place or
// a body, or the number of a war.
func isAfter(w word) bool {
	first, _ := utf8.DecodeRuneInString(w.text)
	return unicode.IsUpper(first) && (isPlace(w) || noName[w.lower()] || isRoman(w.text) && len(w.text) > 1)
}

// isPlace tells whether a word is one that names of places and bodies have.
func isPlace(w word) bool {
	lower := w.lower()
	return places[lower] || slices.ContainsFunc(placeEndings, func(end string) bool {
		return strings.HasSuffix(lower, end) && len(lower) > len(end)+1
	})
}

// The lists are written small, for English, German and French.
var (
	// titles stand before a name.
	titles = words(`mr mrs ms miss dr prof sir lady lord herr herrn frau monsieur madame mme mademoiselle mlle señor señora signor signora mevrouw meneer`)

	// articles stand before the name of a body or a place, and hardly of a person.
	articles = words(`the le la les l' l’ au aux du des der die das dem den im am zum zur beim vom`)

	germanArticles = words(`der die das dem den des ein eine einen einem einer eines kein keine keinen keinem keiner im am zum zur beim vom ins mein meine meinem meinen meiner dein deine sein seine seinem seinen seiner ihr ihre ihrem ihren ihrer unser unsere unserem unseren diese dieser dieses diesem diesen jede jeder jedes jedem jeden alle viele wenige zwei drei vier fünf`)

	// germanWords are those by which a German text is known.
	germanWords = words(`und nicht ist ich wir sie auf mit für auch wenn aber noch nach bei aus einen eine dem der das von zu wird haben hatte waren`)

	// places are parts of the names of places and bodies.
	places = words(`
		street road lane avenue close court terrace square place way gardens grove hill yard drive crescent row mews bridge river lake mount sea beach harbour harbor port dock docks pier ferry island islands isle
		valley gate park farm station depot garage airport railway line lines terminal market hall house houses tower castle palace hotel inn pub arms bar cafe café
		restaurant hospital clinic surgery infirmary hospice university college school academy institute library museum gallery theatre theater cinema church chapel cathedral abbey parish centre center
		council county city town borough village district region state states kingdom republic union commonwealth north south east west northern southern eastern western upper lower high low old new great little
		san santa saint st office offices service services department ministry agency authority board commission committee bureau tribunal court courts police army navy force forces government parliament senate
		congress assembly party association society club trust foundation charity federation league group company corporation ltd plc inc llc gmbh bank exchange insurance industries systems solutions partners relations
		resources affairs security health care welfare benefits probation revenue customs works team unit project programme program scheme act news times post herald gazette guardian telegraph mail journal magazine radio
		bus buses coach coaches trains airlines airways motors stores supermarket
		straße strasse platz weg gasse allee ufer brücke tor stadt dorf land landkreis kreis amt haus hof bahn bahnhof flughafen kirche schule universität hochschule klinik krankenhaus verein verband gesellschaft
		ministerium partei gewerkschaft bank kasse sparkasse zeitung verlag versicherung bund bundes alte alter altes neue neuer neues große großer großes kleine kleiner obere untere ober unter bad sankt nord süd ost
		rue boulevard place quai pont gare métro hôpital clinique école lycée collège université mairie ville village région département ministère préfecture église cathédrale chapelle musée théâtre parc jardin forêt
		lac mer mont île banque société association fédération syndicat parti conseil assemblée tribunal police agence office bureau service services caisse sécurité pôle compagnie groupe journal grande petite 
		nouvelle nouveau vieux vieille haute haut basse bas nord sud est ouest sainte`)

	// placeEndings are those of words that are written together.
	placeEndings = strings.Fields(`straße strasse straßen platz gasse allee brücke bahnhof bahn hafen amt ämter haus schule kirche klinik verein verband gesellschaft ministerium partei gewerkschaft kasse versicherung zeitung straat laan plein gatan`)

	// noName are other words with a capital that are no part of a person's name.
	noName = words(`
		monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december christmas easter
		montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag januar februar märz mai juni juli oktober dezember anfang mitte ende weihnachten ostern
		lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril juin juillet août septembre octobre novembre décembre noël pâques
		day week month year prime minister president chancellor chief google microsoft facebook twitter anonymous god
		english british scottish welsh irish american european french german italian spanish dutch polish indian chinese russian
		deutsche deutscher deutsches deutschen englische englisch französische französisch europäische europäischen français française françaises allemand allemande anglais anglaise européenne européen
		i i'm i’m i've i’ve i'd i’d i'll i’ll`)

	// ordinary are words that every text has: with a capital they begin a sentence, and
	// in capitals they are said loudly.
	ordinary = words(`
		a about above after again against ago all almost alone along already also although always am an and another any anybody anyone anything are aren't around as ask at away back be because been before began being
		below better between big both but by call came can can't cannot come could couldn't day did didn't different do does doesn't doing don't done down during each either else end enough even ever every everybody
		everyone everything far few find first for found from full gave get gets getting give go goes going gone got great had hadn't half has hasn't have haven't having he hello help her here hers herself him
		himself his how however if in instead into is isn't it's its itself just keep kept knew know known last later least left less let let's like look lot made make many maybe me mean might mine more
		most much must my myself need never next nice no nobody none nor not nothing now of off often oh old on once one only or other others our ours out over own part people perhaps please put quite rather really
		right said same saw say says see seem seen several she should shouldn't since so some somebody someone something sometimes soon sorry still stop such sure take tell than thank thanks that that's the their them
		themselves then there there's these they they're thing things think this those though thought three through time to today together told tomorrow too took try two under until up upon used very wait want wanted was
		wasn't way we we're well went were weren't what what's when where whether which while who whole whose why will wish with within without won't work would wouldn't write wrong yes yesterday yet you you're your yours yourself
		aber alle allem allen aller alles als also andere anders auch auf aus bei bin bis bist bitte da dabei dadurch dafür dagegen daher damals damit danach dann daran darauf darüber darum das dass dein dem den denn der
		des deshalb dich die dies diese diesem diesen dieser dieses dir doch dort du durch ein eine einem einen einer eines einfach einmal er erst es etwas euch euer für ganz gar gegen genau gern gestern gibt gut hab habe
		haben hat hatte hatten heute hier hin hinter ich ihm ihn ihnen ihr ihre im immer in ist ja jede jeden jeder jedes jemand jetzt kann kein keine keinen können könnte leider machen man manche mehr mein meine mich
		mir mit morgen muss müssen nach nachdem natürlich neben nein nicht nichts nie niemand niemals noch nun nur ob obwohl oder ohne schon sehr sein seine seit sich sie sind so sogar soll sollte sondern sonst trotzdem über um
		und uns unser unter viel viele vielleicht vom von vor wann war waren warum was weder wegen weil weiter welche wenn wer werden wie wieder will wir wird wo wohl wollen worden wurde würde zu zum zur zusammen zwar zwei zwischen
		à ai aie alors après au aucun aujourd'hui aussi autre autres aux avant avec avez avoir avons bien bon bonjour car ce cela celle celui ces cet cette ceux chaque chez combien comme comment dans de déjà demain depuis
		dernier des deux devant dire dit donc dont du elle elles en encore enfin entre est et étaient était été être eu eux faire fait faut fois font hier ici il ils j'ai jamais je jour jusque la là le les leur leurs lors
		lorsque lui ma mais malgré me même merci mes mieux moi moins mon ne ni non nos notre nous on ont ou où oui par parce parfois pas pendant peu peut plus plusieurs pour pourquoi pourtant premier près puis quand que quel quelle
		quelque quelques qui quoi rien sa sans se selon sera ses seul seulement si sien son sont souvent sous sur ta tant tard te tel tes toi ton toujours tous tout toute toutes très trop tu un une vers voici voilà vos votre vous vraiment`)
)

// wordList is a set of words.
type wordList map[string]bool

func words(list string) wordList {
	all := wordList{}
	for _, w := range strings.Fields(list) {
		all[w] = true
	}
	return all
}
