package suggest

import (
	"encoding/json"
	"fmt"
	"slices"

	"postbag/digest"
)

// Rule names one of the rules. The names are stored.
type Rule string

// The rules. Those from [LeansOnThread] on are cautions.
const (
	Length        Rule = "length"
	FirstHand     Rule = "first-hand"
	Concrete      Rule = "concrete"
	Argues        Rule = "argues"
	Proposes      Rule = "proposes"
	News          Rule = "news"
	Feeling       Rule = "feeling"
	AsksRoom      Rule = "asks"
	GivesSource   Rule = "source"
	OnPost        Rule = "on-post"
	AnswersOne    Rule = "answers"
	DrewAnswers   Rule = "drew-answers"
	NewName       Rule = "new-name"
	QuotedLater   Rule = "quoted"
	Otherwise     Rule = "otherwise"
	LeansOnThread Rule = "leans-on-thread"
	OthersWords   Rule = "others-words"
	Quarrels      Rule = "quarrels"
	Shouts        Rule = "shouts"
	HardToRead    Rule = "hard-to-read"
)

// How many rules there are, and how many of them are no cautions.
const (
	ruleCount = 20
	goodCount = 15
)

// The further helps, each a plain rule: what they find is told where an editor can use
// it, and orders nothing. They are switched on and off as the rules are.
const (
	LinesToLift    Rule = "lines"
	PairsOfPicks   Rule = "pairs"
	MissingVoices  Rule = "voices"
	MayAccuse      Rule = "accusations"
	MayTellWho     Rule = "may-tell"
	NamesPeople    Rule = "names"
	ContactDetails Rule = "contact"
	Abbreviations  Rule = "abbreviations"
)

var helps = []about{
	{rule: LinesToLift, name: "Lines to lift", says: "While a comment is trimmed: three of its sentences that stand alone."},
	{rule: PairsOfPicks, name: "Pairs", says: "While the issue is arranged: which picks say much the same, and what an answer answers."},
	{rule: MissingVoices, name: "Voices not heard", says: "Posts with ten comments and no pick, who is picked again and again, and who wrote for the first time."},
	{rule: MayAccuse, name: "Accusations", says: "Before it goes: an accusing word near a name or an office."},
	{rule: MayTellWho, name: "May tell who wrote it", says: "Before it goes: office, years, place and circumstances together."},
	{rule: NamesPeople, name: "Names", says: "Before it goes: people whom no post names. The watch list is always looked through."},
	{rule: ContactDetails, name: "Contact details", says: "Before it goes: telephone numbers, mail addresses and where somebody lives."},
	{rule: Abbreviations, name: "Abbreviations", says: "Before it goes: those that neither the issue nor the glossary explains."},
}

// about is what is known of a rule beside how it is judged.
type about struct {
	rule  Rule
	start float64
	name  string
	says  string
}

var rules = [ruleCount]about{
	{Length, 2.2, "A length to read", "80 to 300 words of the writer's own; from 12 on it counts for something."},
	{FirstHand, 1, "First-hand", "The writer tells what they did or saw, near words of life and work."},
	{Concrete, 0.8, "Concrete", "Figures, names and abbreviations."},
	{Argues, 0.7, "Argues", "It gives grounds: because, unless, however."},
	{Proposes, 0.5, "Proposes", "It says what should be done."},
	{News, 0.5, "Brings news", "It tells of something that is about to happen, or was just made known."},
	{Feeling, 0.5, "Says how it feels", "Ashamed, proud, afraid and their like."},
	{AsksRoom, 0.3, "Asks the room", "A question to anybody, or 25 words or more that end in one."},
	{GivesSource, 0.3, "Gives a source", "A link, a report, figures of others."},
	{OnPost, 0.4, "On the post", "It shares rare words with the post."},
	{AnswersOne, 0.4, "Answers a question", "It answers a question of another writer."},
	{DrewAnswers, 0.3, "Drew answers", "Three or more different writers answered it, without a quarrel."},
	{NewName, 0.3, "New name", "Nobody wrote under that name before the issue's window."},
	{QuotedLater, 0.9, "Quoted later", "A later post quotes it."},
	{Otherwise, 0, "Sees it otherwise", "It contradicts. One place in twenty is kept for such a voice."},
	{LeansOnThread, -1, "Needs its thread", "It cannot be understood without what it answers."},
	{OthersWords, -2, "Mostly quoted", "Most of its words are somebody else's."},
	{Quarrels, -1, "Quarrels", "It attacks another writer."},
	{Shouts, -0.5, "Shouts", "Much of it is in capitals or exclamation marks."},
	{HardToRead, -0.5, "Hard to read", "Endless sentences, or one endless paragraph."},
}

var indexOf = func() map[Rule]int {
	of := make(map[Rule]int, ruleCount)
	for i, a := range rules {
		of[a.rule] = i
	}
	return of
}()

// AllRules lists the rules, the cautions last.
func AllRules() []Rule {
	all := make([]Rule, ruleCount)
	for i, a := range rules {
		all[i] = a.rule
	}
	return all
}

// AllHelps lists the further helps.
func AllHelps() []Rule {
	all := make([]Rule, len(helps))
	for i, h := range helps {
		all[i] = h.rule
	}
	return all
}

// Known tells whether there is a rule, or a further help, of that name.
func (r Rule) Known() bool { return r.about().rule == r && r != "" }

// Name is the rule in a few words, as a switch is labelled.
func (r Rule) Name() string { return r.about().name }

// Says tells in a sentence what the rule looks for.
func (r Rule) Says() string { return r.about().says }

// Start is the weight that the rule has before anything is learned; below 0 for a
// caution.
func (r Rule) Start() float64 { return r.about().start }

// IsCaution tells whether the rule speaks against a comment.
func (r Rule) IsCaution() bool { i, known := indexOf[r]; return known && i >= goodCount }

func (r Rule) about() about {
	if i, known := indexOf[r]; known {
		return rules[i]
	}
	for _, h := range helps {
		if h.rule == r {
			return h
		}
	}
	return about{}
}

// Reason is why a comment may be worth a look, or a caution, with what gave it.
type Reason struct {
	Rule Rule
	// Words say it in a line, as “First-hand: “I drove the 41 for nine years””.
	Words string
	// Ranges are the words of the comment that gave it, in order, over
	// [digest.Prose.Text]. There are none where the words did not give it: for its
	// length, its answers, its name, and for what a later post quotes.
	Ranges []digest.Range
	// Weight is what it adds to the sum that orders the suggestions; below 0 for a
	// caution.
	Weight float64
}

// IsCaution tells whether the reason speaks against the comment.
func (r Reason) IsCaution() bool { return r.Rule.IsCaution() }

// InWords gives the words of some reasons.
func InWords(all []Reason) []string {
	words := make([]string, len(all))
	for i, r := range all {
		words[i] = r.Words
	}
	return words
}

// Mark is a run of words that reasons rest on.
type Mark struct {
	digest.Range
	Caution bool // only cautions rest on it
}

// Marks gives the words that some reasons rest on, in order and apart from each other.
func Marks(reasons []Reason) (marks []Mark) {
	var edges []int
	for _, r := range reasons {
		for _, at := range r.Ranges {
			edges = append(edges, at.Start, at.End)
		}
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	for i := range max(0, len(edges)-1) {
		m := Mark{digest.Range{Start: edges[i], End: edges[i+1]}, true}
		covered := false
		for _, r := range reasons {
			if slices.ContainsFunc(r.Ranges, func(at digest.Range) bool { return at.Start <= m.Start && m.End <= at.End }) {
				covered = true
				m.Caution = m.Caution && r.IsCaution()
			}
		}
		switch last := len(marks) - 1; {
		case !covered:
		case last >= 0 && marks[last].End == m.Start && marks[last].Caution == m.Caution:
			marks[last].End = m.End
		default:
			marks = append(marks, m)
		}
	}
	return marks
}

// Signals are how much of each rule a comment has, from 0 to 1. In JSON they go by
// the rules' names, without zeros, so that other rules later do no harm.
type Signals [ruleCount]float64

// Of gives one signal; 0 for a rule that is not known.
func (s Signals) Of(r Rule) float64 {
	if i, known := indexOf[r]; known {
		return s[i]
	}
	return 0
}

// MarshalJSON writes the signals that are not 0.
func (s Signals) MarshalJSON() ([]byte, error) { return json.Marshal(byName(s, Signals{})) }

// UnmarshalJSON reads signals; names that are not known are left out.
func (s *Signals) UnmarshalJSON(data []byte) error {
	*s = Signals{}
	return fromNames((*[ruleCount]float64)(s), data)
}

// Taste is how much each rule weighs. The zero value is the taste at the start, before
// anything is learned. In JSON it has the rules that weigh more or less than that.
type Taste struct {
	learned [ruleCount]float64 // beside the start
	// Picks and Issues are what it was learned from; 0 for the taste at the start.
	Picks, Issues int
}

// Of gives the weight of a rule.
func (t Taste) Of(r Rule) float64 {
	if i, known := indexOf[r]; known {
		return t.weight(i)
	}
	return 0
}

// Learned is how much more a rule weighs than at the start.
func (t Taste) Learned(r Rule) float64 {
	if i, known := indexOf[r]; known {
		return t.learned[i]
	}
	return 0
}

func (t Taste) weight(i int) float64 { return rules[i].start + t.learned[i] }

// Score is the sum that orders suggestions.
func (t Taste) Score(s Signals) float64 {
	sum := 0.0
	for i, x := range s {
		sum += t.weight(i) * x
	}
	return sum
}

// WithWeight gives a taste in which a rule weighs so much. One that is not known
// changes nothing.
func (t Taste) WithWeight(r Rule, weight float64) Taste {
	if i, known := indexOf[r]; known {
		t.learned[i] = weight - rules[i].start
	}
	return t
}

type storedTaste struct {
	Learned map[Rule]float64 `json:"learned,omitempty"`
	Picks   int              `json:"picks,omitempty"`
	Issues  int              `json:"issues,omitempty"`
}

// MarshalJSON writes a taste.
func (t Taste) MarshalJSON() ([]byte, error) {
	return json.Marshal(storedTaste{byName(t.learned, Signals{}), t.Picks, t.Issues})
}

// UnmarshalJSON reads a taste; rules that are not known are left out.
func (t *Taste) UnmarshalJSON(data []byte) error {
	var stored struct {
		Learned json.RawMessage `json:"learned"`
		Picks   int             `json:"picks"`
		Issues  int             `json:"issues"`
	}
	if err := json.Unmarshal(data, &stored); err != nil {
		return fmt.Errorf("read a taste: %w", err)
	}
	*t = Taste{Picks: stored.Picks, Issues: stored.Issues}
	if len(stored.Learned) == 0 {
		return nil
	}
	return fromNames(&t.learned, stored.Learned)
}

func byName(values, unlike [ruleCount]float64) map[Rule]float64 {
	named := map[Rule]float64{}
	for i, v := range values {
		if v != unlike[i] {
			named[rules[i].rule] = v
		}
	}
	return named
}

func fromNames(values *[ruleCount]float64, data []byte) error {
	var named map[Rule]float64
	if err := json.Unmarshal(data, &named); err != nil {
		return fmt.Errorf("read what the rules gave: %w", err)
	}
	for r, v := range named {
		if i, known := indexOf[r]; known {
			values[i] = v
		}
	}
	return nil
}
