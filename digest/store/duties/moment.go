package duties

import (
	"fmt"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/store/rules"
	"postbag/digest/work"
)

// Subject is what a duty is about.
type Subject string

// The subjects.
const (
	Nothing Subject = "" // the installation as a whole
	Source  Subject = "source"
	Series  Subject = "series"
)

// moments are the kinds of duty that every source, or every series, has: each with
// the query of the moment at which one is due, by what is stored. It gives NULL when
// nothing is planned; 0 is at once. Asks is the state of an issue that waits for its
// editor's answer before such a duty goes on with it.
var moments = []struct {
	kind work.Kind
	of   Subject
	next string
	asks digest.IssueState
}{
	{kind: work.Pull, of: Source, next: `SELECT MIN(COALESCE(f.next_poll, 0)) FROM feeds f WHERE f.source_id = duties.subject AND f.stopped = 0`},
	{kind: work.Draft, of: Series, next: `SELECT CASE WHEN COUNT(*) = 0 THEN 0 END FROM issues i
		WHERE i.series_id = duties.subject AND i.` + rules.NextDraft},
	{kind: work.Remind, of: Series, next: `SELECT MIN(i.due_at - l.ahead) FROM issues i CROSS JOIN (` + remindersAhead + `) AS l
		WHERE i.series_id = duties.subject AND i.state = 'draft' AND i.due_at IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM reminders r WHERE r.issue_id = i.id AND r.due_at = i.due_at AND r.ahead = l.ahead)`},
	{kind: work.Deadline, of: Series, asks: digest.Approved, next: `SELECT MIN(i.due_at) FROM issues i
		WHERE i.series_id = duties.subject AND i.` + rules.Unpublished + ` AND i.asks = ''`},
	{kind: work.Deliver, of: Series, asks: digest.Published, next: `SELECT MIN(i.due_at) FROM issues i
		WHERE i.series_id = duties.subject AND i.state = 'published' AND i.asks = ''`},
}

// remindersAhead selects how long before a moment the editors are reminded.
var remindersAhead = func() string {
	var rows []string
	for _, ahead := range digest.RemindersAhead() {
		rows = append(rows, fmt.Sprintf("SELECT %d AS ahead", ahead.Microseconds()))
	}
	return strings.Join(rows, " UNION ALL ")
}()

// nextAt is when a duty is due by what is stored. Other kinds keep the moment they
// have.
var nextAt = func() string {
	var b strings.Builder
	b.WriteString("CASE duties.kind")
	for _, m := range moments {
		b.WriteString(" WHEN '" + string(m.kind) + "' THEN (" + m.next + ")")
	}
	b.WriteString(" ELSE duties.next_at END")
	return b.String()
}()

// asking tells of an issue i that a duty d waits for, until its editor has answered.
var asking = func() string {
	var terms []string
	for _, m := range moments {
		if m.asks != "" {
			terms = append(terms, "d.kind = '"+string(m.kind)+"' AND i.state = '"+string(m.asks)+"'")
		}
	}
	return "i.asks <> '' AND (" + strings.Join(terms, " OR ") + ")"
}()

// kindsOf lists the kinds of duty about some subjects, for a statement.
func kindsOf(subjects ...Subject) string {
	var kinds []work.Kind
	for _, m := range moments {
		if slices.Contains(subjects, m.of) {
			kinds = append(kinds, m.kind)
		}
	}
	return rules.Words(kinds)
}

// subjectOf tells what a kind of duty is about.
func subjectOf(kind work.Kind) Subject {
	for _, m := range moments {
		if m.kind == kind {
			return m.of
		}
	}
	return Nothing
}
