package feed

import (
	"slices"
	"strings"

	"postbag/digest/field"
	"postbag/digest/lazyregexp"

	ext "github.com/mmcdole/gofeed/extensions"
)

// extension gives the first element of a local name, whatever prefix the
// document gave its namespace.
func extension(exts ext.Extensions, local string) (ext.Extension, bool) {
	if all := extensions(exts, local); len(all) > 0 {
		return all[0], true
	}
	return ext.Extension{}, false
}

// extensions gives all elements of a local name, prefix by prefix.
func extensions(exts ext.Extensions, local string) []ext.Extension {
	var prefixes []string
	for prefix, byName := range exts {
		if len(byName[local]) > 0 {
			prefixes = append(prefixes, prefix)
		}
	}
	if len(prefixes) == 1 {
		return exts[prefixes[0]][local]
	}
	slices.Sort(prefixes)
	var all []ext.Extension
	for _, prefix := range prefixes {
		all = append(all, exts[prefix][local]...)
	}
	return all
}

// count reads a number of comments or results, -1 when there is none.
func count(exts ext.Extensions, local string) int {
	e, _ := extension(exts, local)
	return field.Number(e.Value)
}

// tagOrReference is markup in a text.
var tagOrReference = lazyregexp.New(`</?[A-Za-z][^<>]*>|&(?:#[0-9]+|#[xX][0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);`)

// hasMarkup tells whether a text looks like HTML.
func hasMarkup(s string) bool { return tagOrReference.MatchString(s) }

// titleRef names a post by its title, for platforms whose comments give nothing
// else: lower case, white space collapsed. Only so much of a title counts as
// fits an id.
func titleRef(raw string) string {
	t := strings.ToLower(field.Title(raw))
	if t == "" {
		return ""
	}
	return "title:" + field.Short(t, 400)
}
