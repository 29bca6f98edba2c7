package templates

import (
	"strconv"
	"strings"
)

// ReminderView is a mail to an editor about an issue that nobody has approved.
type ReminderView struct {
	Publication string
	HomeURL     string
	Editor      string // what the editor is called; may be ""
	Language    string
	Title       string
	Moment      string // as people say it
	Hours       int    // until then
	Picks, Left int
	ToFix       int
	Problems    []string // the first of what must be fixed
	Suggested   []ReminderComment
	Otherwise   string // what happens if nobody does anything
	Replies     []ReminderReply
	ReadURL     string
	CheckURL    string
}

// ReminderComment is a comment that is suggested.
type ReminderComment struct{ Author, Words, Post, Reasons string }

// By says who wrote it, where, and why it is suggested.
func (c ReminderComment) By() string {
	parts := []string{c.Author}
	if c.Author == "" {
		parts[0] = "Anonymous"
	}
	if c.Post != "" {
		parts = append(parts, "on “"+c.Post+"”")
	}
	if c.Reasons != "" {
		parts = append(parts, c.Reasons)
	}
	return strings.Join(parts, ", ")
}

// ReminderReply is a link by which an editor replies.
type ReminderReply struct {
	Label, Says, URL string
	Quiet            bool // not the first choice
}

// reminderMail is ReminderView with what the template places.
type reminderMail struct {
	voice
	ReminderView
	Subject  string
	Greeting string
	In       string // "in 24 hours"
	State    string
	Opening  string
	More     string // of the problems that are not listed
}

// ReminderMail renders the mail that reminds an editor.
func (s *Set) ReminderMail(v ReminderView) (MailText, error) {
	m := reminderMail{voice: voiceOf(v.Language), ReminderView: v, Greeting: "Hello,", In: "in " + counted(v.Hours, "hour", "hours")}
	m.Publication = Site{Publication: v.Publication}.Shown().Publication
	if v.Title == "" {
		m.Title = "The next issue"
	}
	if v.Editor != "" {
		m.Greeting = "Hello " + v.Editor + ","
	}
	m.State = counted(v.Picks, "comment is", "comments are") + " picked, " + strconv.Itoa(v.Left) + " left to read."
	m.Opening = m.Title + " is due " + m.In + ", and nobody has approved it. " + m.State
	if v.Moment != "" {
		m.Opening = m.Title + " is due " + v.Moment + ", " + m.In + ", and nobody has approved it. " + m.State
	}
	if n := v.ToFix - len(v.Problems); n > 0 {
		m.More = "And " + strconv.Itoa(n) + " more."
	}
	m.Subject = subject(m.Title + " is due " + m.In + " and needs your approval")
	return s.mail("reminder", m.Subject, m)
}

// counted writes a number with its unit.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
