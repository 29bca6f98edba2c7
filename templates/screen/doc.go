// Package screen has the screens of the editor's desk: their templates, style and
// scripts, and what each of them shows, as typed values. It is pure: a [Set] turns
// values into HTML, and makes no address of its own.
//
// A screen is a file page/NAME.html that defines "main", and a type in NAME.go that
// says what it shows ([Screen]). What htmx replaces by itself is a part: another
// template that the same file defines, and that "main" uses too, so that a part looks
// the same alone. Shared parts are in page/parts.html:
//
//   - {{template "field" F}}: a labelled [Field] with its hint and its mistake
//   - {{template "mistakes" .}}: the summary of [Mistakes], linked to the fields
//   - {{template "problem" P}}: a [Problem], with what can be done about it
//   - {{template "said" TEXT}}: what was just done, in the live region of the page
//
// All assets/*.css are one stylesheet, all assets/*.js one script, in the order of
// their names. desk.css has the colours, the shared parts and the classes to use
// first. The content security policy allows no inline style or script and no eval, so
// hx-on and js: values do not work. Libraries of others are in vendor.
//
// A button, link or field says by itself which single key it answers to, and what j and
// k step through says so too; see assets/keys.js.
//
// Words of readers are set in serif (class "words"), all else in sans.
package screen
