package suggest_test

import (
	"slices"
	"testing"

	"postbag/digest"
	"postbag/digest/suggest"
)

// announced are invented comments that tell news, and told ones that tell none though
// they speak of days, votes and letters. They were written after the rule was.
var announced = map[string][2][]string{
	"en": {{
		"The ski lift will not run this season, the owners put a sign on the gate last night.",
		"We have been told that the pharmacy is moving to the retail park in March and the post counter goes with it.",
		"The museum board resigned yesterday evening, all seven of them, and the keys are with the town clerk.",
		"There is to be a public meeting about the fish farm on the 14th of May in the scout hut.",
		"My cousin at the call centre says half the floor got their notice today and the rest hear on Friday.",
	}, {
		"On Sundays my aunt walked us to the museum, and we were allowed to touch the whale.",
		"In May 1984 there was a strike at the call centre's old building, and my father voted against it.",
		"A letter never told anybody anything that a knock on the door would not have told better.",
		"I close my shop at six and walk home past the lift, whatever the weather.",
	}},
	"de": {{
		"Der Skilift läuft diese Saison nicht, gestern hing ein Zettel an der Kasse.",
		"Die Apotheke zieht im März ins Gewerbegebiet, das hat mir die Chefin selbst gesagt.",
		"Der Museumsverein hat sich gestern Abend aufgelöst, die Schlüssel liegen im Rathaus.",
		"Am 14. Mai gibt es im Feuerwehrhaus eine Versammlung zur Fischzucht.",
		"Im Callcenter haben heute zwanzig Leute die Kündigung bekommen, der Rest erfährt es am Freitag.",
	}, {
		"Sonntags ging meine Tante mit uns ins Museum, und wir durften den Wal anfassen.",
		"Im Mai 1984 wurde im alten Haus gestreikt, mein Vater war dagegen.",
		"Ein Brief hat noch nie jemandem etwas gesagt, was ein Klopfen an der Tür nicht besser gesagt hätte.",
		"Ich sperre meinen Laden um sechs zu und gehe am Lift vorbei nach Hause, bei jedem Wetter.",
	}},
	"fr": {{
		"Le téléski ne tournera pas cet hiver, une affiche est apparue hier soir sur le guichet.",
		"La pharmacie déménage en mars dans la zone commerciale, la patronne me l'a confirmé.",
		"Tout le bureau du musée a démissionné hier, et les clés sont à la mairie.",
		"Une réunion publique sur la pisciculture aura lieu le 14 mai dans la salle des pompiers.",
		"Au centre d'appels vingt personnes ont reçu leur lettre ce matin, les autres sauront vendredi.",
	}, {
		"Le dimanche ma tante nous menait au musée, et nous avions le droit de toucher la baleine.",
		"En mai 1984 les anciens s'étaient arrêtés un mois entier, mon père était contre.",
		"Une lettre ne dit jamais rien qu'on ne dirait mieux en frappant à la porte.",
		"Je ferme ma boutique à six heures et je rentre à pied, par tous les temps.",
	}},
	"es": {{
		"El telesquí no funciona esta temporada, anoche pusieron un cartel en la taquilla.",
		"La farmacia se muda en marzo al polígono, me lo ha dicho la dueña.",
		"La junta del museo dimitió ayer entera y las llaves están en el ayuntamiento.",
		"El 14 de mayo habrá una reunión sobre la piscifactoría en el local de los bomberos.",
		"En el centro de llamadas han despedido hoy a veinte personas y el viernes dirán el resto.",
	}, {
		"Los domingos mi tía nos llevaba al museo y nos dejaban tocar la ballena.",
		"En mayo de 1984 los viejos pararon un mes entero y mi padre estaba en contra.",
		"Nunca una carta dijo nada que no se dijera mejor llamando a la puerta.",
		"Cierro mi tienda a las seis y vuelvo a casa andando, haga el tiempo que haga.",
	}},
	"nl": {{
		"De skilift draait dit seizoen niet, gisteravond hing er een briefje op het loket.",
		"De apotheek verhuist in maart naar het bedrijventerrein, dat heeft de eigenares me verteld.",
		"Het bestuur van het museum is gisteren opgestapt en de sleutels liggen bij de gemeente.",
		"Op 14 mei is er in de kazerne een bijeenkomst over de viskwekerij.",
		"Bij het callcenter kregen vanmorgen twintig mensen hun ontslag, de rest hoort het vrijdag.",
	}, {
		"Op zondag liep mijn tante met ons naar het museum en mochten we de walvis aanraken.",
		"In mei 1984 lag het oude gebouw een maand stil en mijn vader was ertegen.",
		"Een brief heeft nog nooit iets gezegd wat kloppen op de deur niet beter had gezegd.",
		"Ik doe mijn winkel om zes uur dicht en loop naar huis, wat voor weer het ook is.",
	}},
}

// TestNews: of what tells news the rule finds some, and it takes little else for such.
func TestNews(t *testing.T) {
	var c tally
	for language, of := range announced {
		for i, texts := range of {
			for n, text := range texts {
				said := (suggest.Rules{Languages: map[int64]string{0: language}}).JudgeAlone([]digest.Candidate{comment(1, 0, text)})[0]
				isGiven := slices.ContainsFunc(said.Reasons, func(r suggest.Reason) bool { return r.Rule == suggest.News })
				switch {
				case isGiven && i == 0:
					c.both++
				case isGiven:
					c.onlyRule++
					t.Logf("%s: no news: %q", language, text)
				case i == 0:
					c.onlyHand++
					t.Logf("%s: news %d is missed: %q", language, n+1, text)
				}
			}
		}
	}
	t.Logf("news: %.2f/%.2f (%d)", c.precision(), c.recall(), c.both+c.onlyHand)
	if c.precision() < 0.7 || c.recall() < 0.3 {
		t.Errorf("news: %.2f/%.2f", c.precision(), c.recall())
	}
}
