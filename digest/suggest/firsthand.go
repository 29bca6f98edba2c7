package suggest

import "strings"

// reach is how many words may lie between a writer's "I" or "our" and a word of
// work for both to belong together.
const reach = 8

// firstHandWords counts the words of work or places that stand near a first
// person in the same sentence, each once however often it is used.
func (t *reading) firstHandWords(ofWork map[string]bool) int {
	seen := map[string]bool{}
	for _, s := range t.sentences {
		if s.question {
			continue
		}
		last := -1 - reach // where the writer last spoke of themselves
		for n := s.from; n < s.to; n++ {
			if !firstPerson(t.words[n]) {
				continue
			}
			for w := max(s.from, last+1, n-reach); w < min(s.to, n+reach+1); w++ {
				if word := stem(t.words[w]); ofWork[word] {
					seen[word] = true
				}
			}
			last = n
		}
	}
	return len(seen)
}

// firstPerson tells whether a word speaks of the writer.
func firstPerson(word string) bool {
	head, _, _ := strings.Cut(word, "'")
	switch head {
	case "i", "we", "my", "our", "me", "us", "mine", "ours", "myself", "ourselves", "im", "ive":
		return true
	}
	return false
}

// stem takes the plural off a word.
func stem(word string) string {
	word, _, _ = strings.Cut(word, "'")
	if len(word) > 4 && strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss") {
		return word[:len(word)-1]
	}
	return word
}

// FirstHandWords lists the words that tell of a writer's own work and places,
// without their plurals. Two different ones of them, each within eight words of
// "I", "we", "my", "our", "me" or "us" in a sentence that is no question, make a
// comment first-hand.
func FirstHandWords() []string {
	return []string{
		// work and its time
		"work", "worked", "working", "job", "shift", "rota", "overtime", "duty", "career", "wage", "salary", "pay",
		"year", "night", "sickness", "leave", "holiday", "pension", "workload", "caseload", "case", "training",
		// who is there
		"colleague", "manager", "boss", "supervisor", "staff", "team", "crew", "driver", "client", "customer",
		"passenger", "patient", "pupil", "student", "trainee", "apprentice", "officer", "nurse", "teacher", "union",
		// where
		"office", "depot", "station", "ward", "hospital", "school", "court", "prison", "shop", "factory",
		"warehouse", "site", "yard", "cab", "desk", "canteen", "route", "area", "branch", "department",
		// what was done
		"drove", "driven", "drive", "driving", "taught", "teach", "trained", "served", "supervised", "managed",
		"qualified", "joined", "started", "retired", "resigned", "quit", "redundant", "sacked", "hired", "employed",
		"transferred", "seconded", "earned",
	}
}
