package templates

import (
	"html/template"

	"postbag/digest"
	"postbag/digest/markup"
)

// voice marks in which language a piece of a page or mail is: the publication's, or
// that of the program's own words, which are English. In a publication that is
// English too nothing is marked.
type voice struct{ tag string }

func voiceOf(tag string) voice { return voice{language(tag)} }

// Lang and Dir are the publication's language and the way it is written.
func (v voice) Lang() string { return language(v.tag) }
func (v voice) Dir() string  { return direction(v.tag) }

func (v voice) english() bool { return primary(v.tag) == "en" }

// Ours marks an element of our own words.
func (v voice) Ours() template.HTMLAttr {
	if v.english() {
		return ""
	}
	return ` lang="en" dir="ltr"`
}

// Own marks an element of the publication's words.
func (v voice) Own() template.HTMLAttr {
	return template.HTMLAttr(` lang="` + template.HTMLEscapeString(v.Lang()) + `" dir="` + v.Dir() + `"`)
}

// Name gives a name or title of the publication's among our own words.
func (v voice) Name(text string) template.HTML {
	if v.english() {
		return template.HTML(template.HTMLEscapeString(text))
	}
	return v.Theirs(text)
}

// Theirs gives a reader's or a blog's words among our own, in whichever direction
// they are written.
func (v voice) Theirs(text string) template.HTML {
	mark := ""
	if !v.english() {
		mark = ` lang="` + template.HTMLEscapeString(v.Lang()) + `"`
	}
	return template.HTML("<bdi" + mark + ">" + template.HTMLEscapeString(text) + "</bdi>")
}

// Date gives a date or time in figures, which are in their own order in a text of any
// direction.
func (v voice) Date(text string) template.HTML {
	text = template.HTMLEscapeString(text)
	if v.Dir() != "rtl" {
		return template.HTML(text)
	}
	return template.HTML(`<span dir="ltr">` + text + "</span>")
}

// Context says what a reply replies to.
func (v voice) Context(c contextView) template.HTML {
	said := template.HTML(template.HTMLEscapeString(c.Ours))
	if c.Theirs != "" {
		said += v.Theirs(c.Theirs)
	}
	if v.english() {
		return said
	}
	return template.HTML("<span") + template.HTML(v.Ours()) + ">" + said + "</span>"
}

// Words and Edited write readers' words and the editor's for a page, FeedWords and
// FeedEdited for a feed, without classes, and MailProse both for a mail.
func (v voice) Words(p digest.Prose) template.HTML      { return v.prose(p, markup.ReaderRel, "ours") }
func (v voice) Edited(p digest.Prose) template.HTML     { return v.prose(p, markup.EditorRel, "ours") }
func (v voice) FeedWords(p digest.Prose) template.HTML  { return v.prose(p, markup.ReaderRel, "") }
func (v voice) FeedEdited(p digest.Prose) template.HTML { return v.prose(p, markup.EditorRel, "") }
func (v voice) MailProse(p digest.Prose) template.HTML  { return v.prose(p, "", "ours") }

func (v voice) prose(p digest.Prose, rel, ours string) template.HTML {
	return markup.Look{Rel: rel, Ours: ours, Foreign: !v.english(), Apart: true}.HTML(p)
}
