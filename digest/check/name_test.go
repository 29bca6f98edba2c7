package check_test

import (
	"slices"
	"testing"

	"postbag/digest"
	"postbag/digest/check"
)

// TestNames tells persons from places, bodies and the beginnings of sentences, in three
// languages. What stands in blog is what the blog wrote elsewhere.
func TestNames(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
		blog string
	}{
		{text: "It was Petra Lindqvist who began it, and Mona Bell helped.", want: []string{"Petra Lindqvist", "Mona Bell"}, blog: "The bell rang."},
		{text: "Petra Lindqvist began it. Yesterday Petra Lindgren wrote.", want: []string{"Petra Lindqvist", "Petra Lindgren"}},
		{text: "I was told by Mrs. Brown, and Dr Halloran's nurse.", want: []string{"Mrs. Brown", "Dr Halloran"}, blog: "a brown coat"},
		{text: "Anna Maria Holm drove, not Jean-Luc Abara.", want: []string{"Anna Maria Holm", "Jean-Luc Abara"}},
		{text: "We met Rose Lindqvist at the gate.", want: []string{"Rose Lindqvist"}, blog: "a rose"},
		{text: "We took the boat at Low Ferry, off High Street and Marl Lane."},
		{text: "Ask Investor Relations, or write to Home Office and Probation Service."},
		{text: "She works at the Marlbury Arms and at Marlbury Depot."},
		{text: "Then Harriet Penhallow House was shut, and Lake Ann Marie too."},
		{text: "Buses Unlimited sent us to Human Capital.", blog: "Their buses have unlimited seats; human needs, capital letters."},
		{text: "Heating Allowance is gone.", blog: "The heating was off. An allowance is paid."},
		{text: "On Monday Petra came. In New York they have World War II and Drivers Like Me."},
		{text: "DEAR PETRA LINDQVIST, I SAID."}, // which is loud, and cannot be told

		{text: "Gestern hat Petra Lindqvist angerufen, und Herr Halvorsen war da.", want: []string{"Petra Lindqvist", "Herr Halvorsen"}},
		{text: "Ich war Ende Oktober in der Berliner Straße und nicht am Marler Bahnhof. Die Straßenbahn fuhr."},
		{text: "Wir haben eine Tasse Kaffee und ein Glas Wasser bestellt, aber nicht bezahlt. Der Kaffee war kalt, das Wasser auch."},
		{text: "Das Rote Kreuz und die Deutsche Rentenversicherung haben nicht geantwortet."},
		{text: "Nach Feierabend Kaffee und Kuchen, das ist nicht zu viel.", blog: "Der Kaffee ist kalt. Mein Feierabend ist um vier und nicht später."},

		{text: "Hier, Jeanne Marchand m'a écrit, et la lettre d'Anne Lefort aussi.", want: []string{"Jeanne Marchand", "Anne Lefort"}},
		{text: "J'habite rue Victor Marchand, près de la Grande Poste et de l'Office National."},
		{text: "Pôle Emploi et Sécurité Sociale ne répondent pas. Les Français attendent le Conseil Régional."},
		{text: "Demain Matin"},
	} {
		if got := check.Names(c.text, c.blog); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
	}
}

// TestAbbreviations: ordinary words in capitals are loud, and no abbreviations.
func TestAbbreviations(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
		blog string
	}{
		{text: "Then came the CPC, and AVLs.", want: []string{"CPC", "AVL"}},
		{text: "I am NOT going IN there AND I never was."},
		{text: "It made me SICK to hear it.", blog: "I was sick."},
		{text: "It made me SICK to hear it.", want: []string{"SICK"}},
		{text: "STOP IT! They said so. NO WAY… GO HOME", blog: ""},
		{text: "WHAT A SHAME. The ATCO came", want: []string{"ATCO"}},
		{text: "THIS IS what THEY DO to US all the time", blog: ""},
		{text: "Ich war NICHT da, ABER er schon, und die ÖPNV auch.", want: []string{"ÖPNV"}},
		{text: "Ce n'est PAS vrai, et la CGDT le sait TRÈS bien.", want: []string{"CGDT"}},
	} {
		if got := check.Abbreviations(c.text, c.blog); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
	}
}

// TestTheBlogTellsOrdinaryWords: a word that any stored comment writes small is no name,
// though no pick does.
func TestTheBlogTellsOrdinaryWords(t *testing.T) {
	b := newBench(t, good+" Heating Allowance is gone, and it made me SICK, says Petra Lindqvist.")
	subjects := func() (all []string) {
		for _, f := range b.list().Findings {
			if f.Kind == digest.FoundName || f.Kind == digest.FoundAbbreviation {
				all = append(all, f.Subject)
			}
		}
		return all
	}
	if got := subjects(); !slices.Equal(got, []string{"Heating Allowance", "Petra Lindqvist", "SICK"}) {
		t.Errorf("before the blog said more: %q", got)
	}
	b.say("The heating was off, and an allowance is paid to the sick.")
	if got := subjects(); !slices.Equal(got, []string{"Petra Lindqvist"}) {
		t.Errorf("%q", got)
	}
}
