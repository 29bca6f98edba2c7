package check

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/cut"
	"postbag/digest/desk"
	"postbag/digest/markup"
	"postbag/digest/near"
	"postbag/digest/search"
	"postbag/digest/site"
	"postbag/digest/suggest"
	"postbag/templates"
)

// How many findings of one kind are listed: what is found more often is most often one
// misunderstanding, and the list stays one that a person reads.
const mostOfAKind = 12

// look is one look through an issue.
type look struct {
	*Check
	ctx    context.Context
	report *Report
	pub    digest.Publication
	count  map[digest.FindingKind]int
	known  *vocabulary // once it was asked for
	// off are the helps that the series does without.
	off map[suggest.Rule]bool
}

// pick is a pick of the issue with the text that is quoted of it.
type pick struct {
	desk.Row
	row  int // from 1
	text string
}

func (l *look) add(f digest.Finding) {
	if l.count == nil {
		l.count = map[digest.FindingKind]int{}
	}
	if l.count[f.Kind]++; l.count[f.Kind] <= mostOfAKind || f.Severity() == digest.MustFix {
		l.report.Findings = append(l.report.Findings, f)
	}
}

// ofPick adds a finding about a pick.
func (l *look) ofPick(kind digest.FindingKind, p pick, subject, words string, acts ...digest.Deed) {
	f := digest.Finding{Kind: kind, Row: p.row, Block: p.ID, Number: p.Number, Subject: subject, Words: words}
	for _, do := range acts {
		f.Acts = append(f.Acts, digest.Act{Do: do, Issue: l.report.Issue.Number, Rows: []int{p.row}, Blocks: []int64{p.ID}})
	}
	l.add(f)
}

// ofIssue adds a finding about the issue as a whole.
func (l *look) ofIssue(kind digest.FindingKind, subject, words string, acts ...digest.Deed) {
	f := digest.Finding{Kind: kind, Subject: subject, Words: words}
	for _, do := range acts {
		f.Acts = append(f.Acts, digest.Act{Do: do, Issue: l.report.Issue.Number})
	}
	l.add(f)
}

// all looks for everything.
func (l *look) all() error {
	r := l.report
	var picks []pick
	for i, row := range r.Rows {
		if row.Kind == digest.PickBlock {
			picks = append(picks, pick{Row: row, row: i + 1, text: row.Words.Text()})
		}
	}
	if r.Issue.State == digest.Draft {
		found, err := l.desk.Findings(l.ctx, r.Issue)
		if err != nil {
			return err
		}
		for _, f := range found {
			l.add(f)
		}
	}
	off, err := l.desk.HelpsOff(l.ctx, r.Issue.SeriesID)
	if err != nil {
		return err
	}
	l.off = off
	for _, step := range []func([]pick) error{
		l.mailed, l.asked, l.linked, l.private, l.careful, l.threads, l.abbreviated, l.lifted, l.used, l.copied, l.served,
	} {
		if err := step(picks); err != nil {
			return err
		}
	}
	return nil
}

// mailed looks at the mail: its size, its first line, and the way out of the list.
func (l *look) mailed(picks []pick) error {
	r := l.report
	size := (r.Size + 500) / 1000
	switch {
	case r.Size > desk.TooLargeMail:
		l.ofIssue(digest.FoundTooLarge, "", fmt.Sprintf("The mail would be %d KB, and mail programs cut off what is over %d KB.", size, desk.TooLargeMail/1000), digest.EndMail)
	case r.Size > desk.LargeMail:
		l.ofIssue(digest.FoundLarge, fmt.Sprint(size), fmt.Sprintf("The mail has %d of the %d KB that mail programs show.", size, desk.TooLargeMail/1000), digest.EndMail)
	}
	if len(picks) == 0 || l.mail == nil {
		return nil
	}
	text, err := l.mail(r.Frozen)
	if err != nil {
		return err
	}
	out := site.Unsubscribe.With(templates.TokenMark)
	if r.Mail = strings.Contains(text.HTML, out) && strings.Contains(text.Text, out); !r.Mail {
		l.ofIssue(digest.FoundNoUnsubscribe, "", "The mail has no link to unsubscribe. That is a fault of the program: it is not sent.")
	}
	const least, most = 40, 110 // characters, as inboxes show them
	switch n := utf8.RuneCountInString(r.Frozen.Preheader); {
	case n < least:
		l.add(digest.Finding{Kind: digest.FoundPreheader, Field: "preheader", Subject: r.Frozen.Preheader, Acts: []digest.Act{{Do: digest.ArrangeIssue, Issue: r.Issue.Number}},
			Words: fmt.Sprintf("The line after the subject has %s, and inboxes show the beginning of the mail after it: %d or more are good.", plural(n, "character"), least)})
	case n > most:
		l.add(digest.Finding{Kind: digest.FoundPreheader, Field: "preheader", Subject: r.Frozen.Preheader, Acts: []digest.Act{{Do: digest.ArrangeIssue, Issue: r.Issue.Number}},
			Words: fmt.Sprintf("The line after the subject has %s, and inboxes cut it off after about %d.", plural(n, "character"), most)})
	}
	return nil
}

// asked looks at what the blogs said.
func (l *look) asked(picks []pick) error {
	for _, p := range picks {
		a, known := l.report.Answers[p.CommentID]
		if known && a.Said == digest.SaidUnsure && a.IsFresh(l.clock.Now()) && !p.Comment.Gone {
			l.ofPick(digest.FoundUnsure, p, "", fmt.Sprintf("Nothing that the blog answers shows whether no. %d is still there.", p.Number), digest.ShowIssue)
		}
	}
	return nil
}

// address is an address that the issue links to, with where.
type address struct {
	url   string
	pick  *pick
	field string
}

// addresses are those in the words of the issue, each once.
func addresses(r Report) (all []address) {
	seen := map[string]bool{}
	add := func(p digest.Prose, at *pick, field string) {
		for _, para := range p {
			for _, s := range para.Spans {
				if strings.HasPrefix(s.Href, "http") && !seen[s.Href] {
					seen[s.Href] = true
					all = append(all, address{s.Href, at, field})
				}
			}
		}
	}
	add(r.Frozen.Intro, nil, "intro")
	for i, row := range r.Rows {
		switch row.Kind {
		case digest.PickBlock:
			add(row.Words, &pick{Row: row, row: i + 1}, "")
		case digest.TextBlock:
			add(markup.FromMarkdown(row.Text), &pick{Row: row, row: i + 1}, "")
		}
	}
	return all
}

// linked looks at what the addresses said that the issue links to.
func (l *look) linked([]pick) error {
	all := addresses(*l.report)
	urls := make([]string, len(all))
	for i, a := range all {
		urls[i] = a.url
	}
	answers, err := l.store.LinkAnswers(l.ctx, urls)
	if err != nil {
		return err
	}
	l.report.Links = len(all)
	for _, a := range all {
		said, known := answers[a.url]
		if !known {
			continue
		}
		if !said.IsDead() {
			l.report.Reached++
			continue
		}
		why := said.Fault
		if said.Status != 0 {
			why = fmt.Sprintf("it answers %d", said.Status)
		}
		where := "The introduction"
		switch {
		case a.pick != nil && a.pick.Number > 0:
			where = fmt.Sprintf("No. %d", a.pick.Number)
		case a.pick != nil:
			where = fmt.Sprintf("Your text in row %d", a.pick.row)
		}
		words := fmt.Sprintf("%s links to %s, and nothing is there: %s.", where, short(a.url), strings.TrimSuffix(why, "."))
		if a.pick == nil {
			l.add(digest.Finding{Kind: digest.FoundDeadLink, Field: a.field, Subject: a.url, Words: words, Acts: []digest.Act{{Do: digest.ArrangeIssue, Issue: l.report.Issue.Number}}})
			continue
		}
		l.ofPick(digest.FoundDeadLink, *a.pick, a.url, words, digest.TrimPick)
	}
	return nil
}

// short is an address as a person is shown it.
func short(url string) string {
	const room = 60
	if utf8.RuneCountInString(url) <= room {
		return url
	}
	return string([]rune(url)[:room-1]) + "…"
}

// Bounds of what is looked up in the stored comments.
const (
	mostLookedUp = 60 // words
	mostTexts    = 12 // of each word, the newest
)

// vocabulary gives the ordinary words: those that the picks or the stored comments write
// small.
func (l *look) vocabulary(picks []pick) (vocabulary, error) {
	if l.known != nil {
		return *l.known, nil
	}
	var texts []string
	for _, p := range picks {
		texts = append(texts, p.text)
	}
	v := vocabularyOf(texts)
	var asked []string
	for _, t := range texts {
		asked = append(asked, v.unknown(t)...)
	}
	asked = unique(asked)
	asked = asked[:min(len(asked), mostLookedUp)]
	stored, err := l.store.TextsWith(l.ctx, asked, mostTexts)
	if err != nil {
		return v, err
	}
	for word, texts := range stored {
		for _, t := range texts {
			v.read(t, word)
		}
	}
	l.known = &v
	return v, nil
}

// private looks for people: names on the watch list, names that no post has, and what
// says where somebody can be reached or lives.
func (l *look) private(picks []pick) error {
	watched := l.pub.Watched()
	known, err := l.vocabulary(picks)
	if err != nil {
		return err
	}
	named := map[string]pick{} // by name, where it stands first
	var order []string
	for _, p := range picks {
		for _, name := range watched {
			if digest.ContainsName(p.text, name) {
				l.ofPick(digest.FoundWatched, p, name, fmt.Sprintf("No. %d names “%s”, who is on your watch list.", p.Number, name), digest.TrimPick)
			}
		}
		if !l.off[suggest.ContactDetails] {
			l.reachable(p)
		}
		if l.off[suggest.NamesPeople] {
			continue
		}
		for _, name := range names(p.text, known) {
			if _, known := named[name]; !known && !slices.Contains(watched, name) {
				named[name] = p
				order = append(order, name)
			}
		}
	}
	return l.unnamed(order, named)
}

// reachable looks where a pick says how somebody is reached, or where they live.
func (l *look) reachable(p pick) {
	for _, t := range telephones(p.text) {
		l.ofPick(digest.FoundTelephone, p, t, fmt.Sprintf("No. %d has what reads as a telephone number: “%s”.", p.Number, t), digest.TrimPick)
	}
	for _, m := range mailAddresses(p.text) {
		l.ofPick(digest.FoundMailAddress, p, m, fmt.Sprintf("No. %d has a mail address: “%s”.", p.Number, m), digest.TrimPick)
	}
	for _, a := range postAddresses(p.text) {
		l.ofPick(digest.FoundPostAddress, p, a, fmt.Sprintf("No. %d has what reads as an address: “%s”.", p.Number, a), digest.TrimPick)
	}
}

// careful looks for words that accuse somebody who can be told, and for what may tell who
// wrote a pick.
func (l *look) careful(picks []pick) error {
	languages, err := l.desk.Languages(l.ctx)
	if err != nil {
		return err
	}
	for _, p := range picks {
		language := languages[p.Comment.SourceID]
		if !l.off[suggest.MayAccuse] {
			for _, at := range suggest.Accusations(p.Words, language) {
				said := p.text[at.Start:at.End]
				l.ofPick(digest.FoundAccusation, p, said, fmt.Sprintf("No. %d accuses somebody, it seems: “%s”. Make sure that it can be shown.", p.Number, said), digest.TrimPick)
			}
		}
		if l.off[suggest.MayTellWho] {
			continue
		}
		var all []string
		for _, at := range suggest.MayTell(p.Words, language) {
			all = append(all, "“"+p.text[at.Start:at.End]+"”")
		}
		if all = unique(all); len(all) > 0 {
			said := strings.Join(all[:min(len(all), mostTold)], ", ")
			l.ofPick(digest.FoundTelling, p, said, fmt.Sprintf("No. %d may tell who wrote it, to those who know them: %s.", p.Number, said), digest.TrimPick)
		}
	}
	return nil
}

// mostTold is how much is listed of what a writer tells of themselves.
const mostTold = 6

// unnamed looks which names no post of a blog has, and nobody writes under.
func (l *look) unnamed(order []string, at map[string]pick) error {
	const most = 40 // of which the database is asked
	order = order[:min(len(order), most)]
	if len(order) == 0 {
		return nil
	}
	writers, err := l.store.WroteBefore(l.ctx, l.report.Issue.SeriesID, order, l.clock.Now())
	if err != nil {
		return err
	}
	for _, name := range order {
		if slices.Contains(writers, name) {
			continue
		}
		words := search.Fold(name, 8)
		if len(words) == 0 {
			continue
		}
		found, err := l.store.SearchPosts(l.ctx, search.Query{Want: []search.Term{{Words: words}}}, digest.SearchFilter{Limit: 1})
		if err != nil {
			return err
		}
		if len(found.All) > 0 {
			continue
		}
		p := at[name]
		l.ofPick(digest.FoundName, p, name, fmt.Sprintf("No. %d names “%s”, whom no post names.", p.Number, name), digest.TrimPick)
	}
	return nil
}

// threads looks whether more than a third of the picks are from one thread. Three from
// one thread are no crowd in an issue of less than seven.
func (l *look) threads(picks []pick) error {
	ids := make([]int64, len(picks))
	for i, p := range picks {
		ids[i] = p.CommentID
	}
	began, err := l.store.Threads(l.ctx, ids)
	if err != nil {
		return err
	}
	of := map[int64][]pick{}
	var roots []int64
	for _, p := range picks {
		root := began[p.CommentID]
		if root == 0 {
			continue
		}
		if of[root] == nil {
			roots = append(roots, root)
		}
		of[root] = append(of[root], p)
	}
	for _, root := range roots {
		from := of[root]
		if len(from) < 3 || 3*len(from) <= len(picks) || len(picks) < 6 {
			continue
		}
		f := digest.Finding{Kind: digest.FoundOneThread, Subject: fmt.Sprint(root, " ", len(from), " ", len(picks))}
		act := digest.Act{Do: digest.ArrangeIssue, Issue: l.report.Issue.Number}
		var numbers []string
		for _, p := range from {
			act.Rows, act.Blocks = append(act.Rows, p.row), append(act.Blocks, p.ID)
			numbers = append(numbers, fmt.Sprint(p.Number))
		}
		f.Words = fmt.Sprintf("%d of %d picks are from one thread: no. %s.", len(from), len(picks), strings.Join(numbers, ", "))
		f.Acts = []digest.Act{act}
		l.add(f)
	}
	return nil
}

// abbreviated looks for abbreviations that nothing explains.
func (l *look) abbreviated(picks []pick) error {
	if l.off[suggest.Abbreviations] {
		return nil
	}
	var all strings.Builder
	all.WriteString(l.report.Frozen.Intro.Text())
	for _, row := range l.report.Rows {
		fmt.Fprintf(&all, "\n%s\n%s", row.Text, row.Words.Text())
	}
	brackets, known := bracketsOf(all.String()), map[string]bool{}
	for _, t := range l.pub.Terms() {
		known[t] = true
	}
	vocabulary, err := l.vocabulary(picks)
	if err != nil {
		return err
	}
	done := map[string]bool{}
	for _, p := range picks {
		for _, short := range abbreviations(p.text, vocabulary) {
			if l.count[digest.FoundAbbreviation] == mostOfAKind {
				return nil // more are not listed
			}
			if known[short] || done[short] || explained(brackets, short) {
				continue
			}
			done[short] = true
			l.add(digest.Finding{Kind: digest.FoundAbbreviation, Row: p.row, Number: p.Number, Subject: short,
				Words: fmt.Sprintf("“%s” is not explained in this issue.", short),
				Acts:  []digest.Act{{Do: digest.AddTerm, Issue: l.report.Issue.Number, Name: short}}})
		}
	}
	return nil
}

// lifted looks for lifted lines that are not shown, since what they are of was cut.
func (l *look) lifted(picks []pick) error {
	for _, p := range picks {
		if p.Lifted.End > 0 && len(cut.Line(p.Comment.Body, p.Kept, p.Lifted)) == 0 {
			l.ofPick(digest.FoundLifted, p, fmt.Sprint(p.Lifted.Start, p.Kept), fmt.Sprintf("The lifted line was cut from no. %d.", p.Number), digest.TrimPick)
		}
	}
	return nil
}

// used looks for picks that an earlier issue had.
func (l *look) used(picks []pick) error {
	before, err := l.desk.UsedBefore(l.ctx, l.report.Issue, l.report.Issue.Picked())
	if err != nil {
		return err
	}
	for _, p := range picks {
		if n := before[p.CommentID]; n != 0 {
			l.ofPick(digest.FoundUsedBefore, p, fmt.Sprint(n), fmt.Sprintf("No. %d is in issue %d already.", p.Number, n), digest.RemoveRows)
		}
	}
	return nil
}

// copied looks for picks that are near copies of others.
func (l *look) copied(picks []pick) error {
	entries, numbers := []near.Entry{}, map[int64]int{}
	for _, p := range picks {
		entries = append(entries, near.Comment(p.Comment.Comment))
		numbers[p.CommentID] = p.Number
	}
	others := near.Compare(entries)
	for _, p := range picks {
		first, of := 0, int64(0) // the first of all that are alike
		for _, o := range others[near.Key{ID: p.CommentID}] {
			if n := numbers[o.ID]; o.Relation == near.Copy && !o.IsLater && (first == 0 || n < first) {
				first, of = n, o.ID
			}
		}
		if first != 0 {
			l.ofPick(digest.FoundNearCopy, p, fmt.Sprint(of), fmt.Sprintf("No. %d says nearly the same as no. %d.", p.Number, first), digest.RemoveRows)
		}
	}
	return nil
}

// served looks whether anybody is there to do what was asked for.
func (l *look) served([]pick) error {
	held, err := l.store.HeldSince(l.ctx)
	if err != nil {
		return err
	}
	if !held.IsZero() {
		l.ofIssue(digest.FoundHeld, held.UTC().Format(time.RFC3339), "Sending is held: nothing is published or mailed until it is let go on.", digest.ShowHold)
	}
	if !l.report.Asking.IsOpen() {
		return nil
	}
	workers, err := l.store.Workers(l.ctx)
	if err == nil && len(workers) == 0 {
		l.ofIssue(digest.FoundNoWorker, "", "No worker is running, so nobody asks the blog.", digest.StartServe)
	}
	return err
}
