package field

import (
	"strings"
	"time"
)

// monthNames are the beginnings of months' names, in the genitive too: in English,
// German, Dutch, French, Spanish, Portuguese, Italian, Catalan, Romanian; the Nordic
// languages and Estonian; Polish, Czech, Slovak, Slovene, Croatian; Hungarian, Turkish,
// Indonesian; Russian, Ukrainian, Bulgarian and Greek. A name of two months, as listopad
// and the abbreviation lip, is left out.
var monthNames = [12]string{
	"jan ene gen ian jaan tammi sty led sij oca янв яну січ ιαν",
	"feb fev fév fèb veeb helmi lut úno uno velj şub фев лют φεβ",
	"mar mär már maa mrt maalis bře bre ožu мар бер μαρ",
	"apr avr abr huhti kwi dub tra ápr nis апр кві απρ",
	"may mai mei mag mayo maj máj máj touko kvě kve svi май мая тра трав μαΐ μαι μάι",
	"jun juun juin giu iun kesä cze červen červn jún haz lipanj lipnj июн юни чер ιουν ιούν",
	"jul juul juil lug iul heinä lipiec lipca července červenec čvc júl srpanj srpnj tem июл юли лип ιουλ ιούλ",
	"aug aou aoû ago kol elo sie srpen srpna ağu agu авг сер αυγ αύγ",
	"sep set syys wrz zář zar ruj eyl sze сен сеп вер σεπ",
	"oct okt ott out loka paź paz říj rij októ eki окт жов οκτ",
	"nov noi marras stu kas ноя ное лис νοε νοέ",
	"dec déc dez dic des det joulu gru pro ara дек гру δεκ",
}

// monthOf gives the month of a name in lower case, which may be cut short, 0 for none:
// that of the longest beginning.
func monthOf(word string) (m time.Month) {
	longest := 0
	for i, names := range monthNames {
		for _, name := range strings.Fields(names) {
			if len(name) > longest && strings.HasPrefix(word, name) {
				longest, m = len(name), time.Month(i+1)
			}
		}
	}
	return m
}
