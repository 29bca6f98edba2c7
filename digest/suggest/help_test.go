package suggest_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/suggest"
)

// ratio tells how often a help is right.
func ratio(t *testing.T, what string, right, wrong, missed int) {
	t.Helper()
	precision, recall := float64(right)/float64(max(1, right+wrong)), float64(right)/float64(max(1, right+missed))
	t.Logf("%s: precision %.2f, recall %.2f of %d", what, precision, recall, right+missed)
	if precision < 0.8 {
		t.Errorf("%s: precision %.2f", what, precision)
	}
}

// TestLines: what is offered to be lifted are sentences that a reader would lift, which
// are between braces here.
func TestLines(t *testing.T) {
	right, wrong, missed := 0, 0, 0
	for _, c := range []struct{ language, text string }{
		{"en", "The hall was cold. {Nobody told us that the heating had been sold.} We sat in our coats and waited for the man from the county. He never came."},
		{"en", "{I was never ashamed of that house until I had to leave it.} It had two rooms and a tap. You could hear the trams all night."},
		{"en", "They say it is progress. It is not. {My father could not read, and he knew every ship by its horn.} That was the harbour then."},
		{"en", "What do they want from us? I ask every week. {Not one of those men has ever carried a coffin down those stairs.} Thanks for listening."},
		{"en", "He said “I was never so afraid in all my life on that boat”. I did not answer. We had tea."},
		{"en", "Seventeen buses, nine drivers, one kettle. The kettle was the only thing that worked. {I have been lonely on the night shift and I have never been lonely at that table.}"},
		{"de", "Der Saal war kalt. {Niemand hat uns gesagt, dass die Heizung längst verkauft war.} Wir saßen in Mänteln da. Er kam nicht."},
		{"de", "{Ich habe mich nie geschämt, bis ich aus dem Haus musste.} Es hatte zwei Zimmer. Das war alles."},
		{"fr", "La salle était froide. {Personne ne nous a dit que le chauffage était vendu depuis longtemps.} On a gardé nos manteaux."},
		{"fr", "{Je n'ai jamais eu honte de cette maison avant de la quitter.} Elle avait deux pièces. C'était petit."},
		{"es", "La sala estaba fría. {Nadie nos dijo que la calefacción estaba vendida desde hacía meses.} Nos quedamos con el abrigo puesto."},
		{"es", "{Nunca tuve vergüenza de aquella casa hasta que la perdimos.} Tenía dos cuartos. Eso era todo."},
		{"nl", "De zaal was koud. {Niemand had ons verteld dat de verwarming allang verkocht was.} We hielden onze jassen aan."},
		{"nl", "{Ik heb me nooit geschaamd voor dat huis tot we eruit moesten.} Het had twee kamers. Dat was het."},
	} {
		var want []string
		for _, part := range strings.Split(c.text, "{")[1:] {
			line, _, _ := strings.Cut(part, "}")
			want = append(want, line)
		}
		text := strings.NewReplacer("{", "", "}", "").Replace(c.text)
		for _, r := range suggest.Lines(digest.Plain(text), c.language) {
			if slices.Contains(want, text[r.Start:r.End]) {
				right++
			} else {
				wrong++
				t.Logf("offered: %q", text[r.Start:r.End])
			}
		}
		missed += len(want)
	}
	ratio(t, "lines", right, wrong, missed-right)
}

// TestAccusations: a deed near a name is told, a deed of nobody is not.
func TestAccusations(t *testing.T) {
	right, wrong, missed := 0, 0, 0
	for _, c := range []struct {
		language, text string
		is             bool
	}{
		{"en", "Everybody knows that Colin Marsh stole the raffle money.", true},
		{"en", "I was there when Mrs Oduya lied to the tribunal.", true},
		{"en", "The manager was drunk on duty, twice, and nobody wrote it down.", true},
		{"en", "It was Baxter who bullied her till she left.", true},
		{"en", "Somebody stole my bicycle from outside the library.", false},
		{"en", "We were lied to for years and years.", false},
		{"en", "The fraud department rang my mother about her card.", false},
		{"en", "A friend of mine was assaulted on the night bus.", false},
		{"de", "Alle wissen, dass Herr Brandl das Geld unterschlagen hat.", true},
		{"de", "Die Schulleiterin hat uns belogen und war betrunken.", true},
		{"de", "Mir wurde im Sommer das Fahrrad gestohlen.", false},
		{"fr", "C'est monsieur Petit qui a volé la caisse.", true},
		{"fr", "On m'a volé mon vélo devant la gare.", false},
		{"es", "Fue don Anselmo quien robó los cuadros.", true},
		{"es", "Me robaron la bici delante del mercado.", false},
		{"nl", "Het was mevrouw Bakker die loog, en ze heeft geld verduisterd.", true},
		{"nl", "Mijn fiets is gestolen bij het station.", false},
	} {
		found := len(suggest.Accusations(digest.Plain(c.text), c.language)) > 0
		switch {
		case found && c.is:
			right++
		case found:
			wrong++
			t.Logf("told: %q", c.text)
		case c.is:
			missed++
			t.Logf("missed: %q", c.text)
		}
	}
	ratio(t, "accusations", right, wrong, missed)
}

// TestMayTell: office, years, place and fate together tell who writes; one of them does
// not.
func TestMayTell(t *testing.T) {
	right, wrong, missed := 0, 0, 0
	for _, c := range []struct {
		language, text string
		is             bool
	}{
		{"en", "I have been the only midwife in Thornby for nineteen years, and last spring I was suspended.", true},
		{"en", "I worked as a librarian at Marle from 2004, and I am the one with the twins.", true},
		{"en", "As a steward at Harker's I was dismissed after eleven years for writing a letter.", true},
		{"en", "I am a nurse and I was divorced in 2019, in Ferris, where everybody knows everybody.", true},
		{"en", "I was a driver for nine years and I liked it.", false},
		{"en", "I was a nurse under Peter Stokes for sixteen years and he never learned my name.", false},
		{"en", "My manager has been at Tanner's Yard for six years.", false},
		{"en", "We went to Whitby in 1987 and it rained.", false},
		{"en", "I think the head should resign after 20 years in Leeds.", false},
		{"en", "The consultant told us about the cancer clinic in Stowbridge.", false},
		{"en", "I am afraid of the winter and of the stairs.", false},
		{"de", "Ich bin seit 14 Jahren die einzige Hebamme in Oberau und bin jetzt schwanger.", true},
		{"de", "Als Hausmeister in Lindach wurde ich nach neun Jahren entlassen.", true},
		{"de", "Ich war neun Jahre lang gern dort.", false},
		{"fr", "Je suis la seule infirmière de Sauvagnac depuis douze ans.", true},
		{"fr", "J'y suis allée pendant douze ans.", false},
		{"es", "Yo soy la única maestra de Valdeoca desde hace doce años.", true},
		{"es", "Yo estuve allí doce años y me gustaba.", false},
		{"nl", "Ik ben al twaalf jaar de enige huisarts in Wierum.", true},
		{"nl", "Ik heb daar twaalf jaar graag gewoond.", false},
	} {
		found := len(suggest.MayTell(digest.Plain(c.text), c.language)) > 0
		switch {
		case found && c.is:
			right++
		case found:
			wrong++
			t.Logf("told: %q", c.text)
		case c.is:
			missed++
			t.Logf("missed: %q", c.text)
		}
	}
	ratio(t, "may tell who wrote it", right, wrong, missed)
	text := "I was an inspector in Thornby for twenty-six years."
	var told []string
	for _, r := range suggest.MayTell(digest.Plain(text), "en") {
		told = append(told, text[r.Start:r.End])
	}
	if want := []string{"inspector", "Thornby", "twenty-six years"}; !slices.Equal(told, want) {
		t.Errorf("told: %q, want %q", told, want)
	}
}

// TestPairs: an answer belongs to its question, and two that are about the same to each
// other.
func TestPairs(t *testing.T) {
	var comments []digest.Comment
	for i, text := range []string{
		"Does anybody know who mends the weathercock on the tannery roof?",
		"The slater from Marle does, he did it after the storm for a ham.",
		"The otters came back to the weir in spring, two of them, and took every trout from the hatchery.",
		"At the hatchery they counted the trout after the otters had been at the weir: none left.",
		"My aunt kept a diary of hats.",
		"The bus was late again and I walked home over the fields.",
	} {
		c := digest.Comment{ID: int64(i + 1), Body: digest.Plain(text)}
		if i == 1 {
			c.ParentID = 1
		}
		comments = append(comments, c)
	}
	var got []string
	for _, p := range suggest.Pairs(comments, map[int64]string{0: "en"}) {
		got = append(got, fmt.Sprint(p.First, " ", p.Second, " ", p.Pairing))
		if len(p.InFirst) == 0 || p.Pairing == suggest.SaysSame && len(p.InSecond) == 0 {
			t.Errorf("%+v shows no words", p)
		}
	}
	if want := []string{"1 2 answers", "3 4 same"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	// Of the comments of different towns in five languages none are said to be the same.
	var apart []digest.Comment
	for n, language := range languages {
		m := readMarked(t, language+"-held.txt")
		for _, i := range []int{0, 1, 11} {
			c := m.candidates[i].Comment
			c.ID, c.SourceID = int64(100*n+i+1), int64(n)
			apart = append(apart, c)
		}
	}
	if pairs := suggest.Pairs(apart, map[int64]string{0: "en", 1: "de", 2: "fr", 3: "es", 4: "nl"}); len(pairs) > 0 {
		t.Errorf("%+v", pairs)
	}
}

// TestUnheard: a post that many spoke under and nobody was picked of, a writer who is in
// every issue, and a first comment are told.
func TestUnheard(t *testing.T) {
	var candidates []digest.Candidate
	for id := int64(1); id <= 21; id++ {
		c := comment(id, 0, filler)
		c.PostID = 1 + id%2
		candidates = append(candidates, c)
	}
	candidates[0].Author, candidates[2].Author, candidates[4].Author = "Deb", "Idris", "Mara"
	got := suggest.Unheard(candidates, map[int64]bool{1: true, 3: true}, [][]string{{"deb"}, {"Deb", "Anonymous"}, {"Anonymous"}, {"Deb", "Anonymous"}, {}, {"Idris"}, {"Idris"}, {"Idris"}}, []string{"Deb"})
	if want := (suggest.Voices{Posts: []int64{1}, Often: []string{"Deb"}, FirstTime: []int64{5}}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
