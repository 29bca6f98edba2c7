package webpage

import (
	"net/url"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/lazyregexp"
)

// Embed is a place for comments that a page takes in from another service.
type Embed struct {
	Name string // what the service is called
	// Platform is the service, where it has feeds that Postbag reads; else "".
	Platform digest.Platform
	// Feed is the feed of all the blog's comments, and Pattern the address of one
	// post's as in [digest.Source]; each is "" where the service has none, or the
	// page does not say enough to tell.
	Feed    string
	Pattern string
}

// services are embedded comments by a mark of theirs in the address of a script.
// Those whose feeds can be told from the page are read below.
var services = []struct{ mark, name string }{
	{"giscus.app/client", "giscus"}, {"utteranc.es/client", "utterances"},
	{"commento", "Commento"}, {"comentario", "Comentario"}, {"cusdis", "Cusdis"},
	{"talk.hyvor.com", "Hyvor Talk"}, {"intensedebate.com", "IntenseDebate"},
	{"fastcomments.com", "FastComments"}, {"graphcomment.com", "GraphComment"},
	{"spot.im/launcher", "OpenWeb"}, {"viafoura", "Viafoura"}, {"cactus.chat", "Cactus Comments"},
	{"waline", "Waline"}, {"twikoo", "Twikoo"}, {"gitalk", "Gitalk"}, {"artalk", "Artalk"},
}

// script reads the attributes of a <script>.
func (p *Page) script(a map[string]string, base string) {
	src := strings.ToLower(a["src"])
	if m := disqusScript.FindStringSubmatch(src); m != nil {
		p.disqus(m[1])
	}
	if at, ok := a["data-isso"]; ok {
		if root := strings.TrimSuffix(field.PageURL(base, strings.TrimSpace(at)), "/"); root != "" && !strings.ContainsAny(root, "?#{}") {
			p.embed(Embed{Name: "Isso", Platform: digest.Isso, Pattern: root + "/feed?uri={path}"})
		}
	}
	for _, s := range services {
		if src == "" || !strings.Contains(src, s.mark) {
			continue
		}
		name := s.name
		if repo := a["data-repo"]; s.name == "giscus" && gitHubRepo.MatchString(repo) {
			name += " in the discussions of https://github.com/" + repo
		}
		p.embed(Embed{Name: name})
		return
	}
}

var (
	disqusScript = lazyregexp.New(`(?i)//([a-z0-9][a-z0-9-]*)\.disqus\.com/(?:embed|count)`)
	// disqusName is how scripts name the forum before they put its address together.
	disqusName = lazyregexp.New(`disqus_shortname["']?\s*[=:]\s*["']([A-Za-z0-9][A-Za-z0-9-]*)["']`)
	disqusPlus = lazyregexp.New(`["'](?://)?([A-Za-z0-9][A-Za-z0-9-]*)["']\s*\+\s*["']\.disqus\.com/`)

	gitHubRepo = lazyregexp.New(`^[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}$`)
	remarkHost = lazyregexp.New(`\bhost["']?\s*:\s*["'](https?://[^"'\s{}?#]+)["']`)
	remarkSite = lazyregexp.New(`\bsite_id["']?\s*:\s*["']([^"'\s]+)["']`)
)

// scriptText reads the text of a <script>.
func (p *Page) scriptText(text string) {
	for _, mark := range []*lazyregexp.Regexp{disqusScript, disqusName, disqusPlus} {
		if m := mark.FindStringSubmatch(text); m != nil {
			p.disqus(strings.ToLower(m[1]))
		}
	}
	if strings.Contains(text, "remark_config") {
		host, site := remarkHost.FindStringSubmatch(text), remarkSite.FindStringSubmatch(text)
		if host != nil && site != nil {
			p.remark42(host[1], site[1])
		}
	}
	switch {
	case strings.Contains(text, "utteranc.es/client"):
		p.embed(Embed{Name: "utterances"})
	case strings.Contains(text, "giscus.app/client"):
		p.embed(Embed{Name: "giscus"})
	case strings.Contains(text, "discourseEmbedUrl"), strings.Contains(text, "DiscourseEmbed"):
		p.embed(Embed{Name: "a Discourse forum"})
	}
}

// disqus takes up a forum of Disqus by its short name. Its own sites are none.
func (p *Page) disqus(name string) {
	if slices.Contains([]string{"www", "about", "help", "docs", "blog", "publishers", "links", "referrer", "c", "a"}, name) {
		return
	}
	p.embed(Embed{Name: "Disqus", Platform: digest.Disqus, Feed: "https://" + name + ".disqus.com/latest.rss"})
}

func (p *Page) remark42(host, site string) {
	b := Embed{Name: "Remark42", Platform: digest.Remark42}
	if root := strings.TrimSuffix(field.PageURL("", host), "/"); root != "" {
		b.Feed = root + "/api/v1/rss/site?site=" + url.QueryEscape(site)
	}
	p.embed(b)
}

// elements are what services fill in, by the id of the element or, after a dot, its
// class.
var elements = map[string]Embed{
	"disqus_thread":      {Name: "Disqus", Platform: digest.Disqus},
	"isso-thread":        {Name: "Isso", Platform: digest.Isso},
	"remark42":           {Name: "Remark42", Platform: digest.Remark42},
	"discourse-comments": {Name: "a Discourse forum"},
	".giscus":            {Name: "giscus"},
	".fb-comments":       {Name: "Facebook comments"},
}

// element reads the attributes of an element that a service may fill in.
func (p *Page) element(a map[string]string) {
	if short := a["data-disqus-shortname"]; disqusShort.MatchString(short) {
		p.disqus(strings.ToLower(short))
		return
	}
	marks := []string{strings.ToLower(a["id"])}
	for _, class := range strings.Fields(strings.ToLower(a["class"])) {
		marks = append(marks, "."+class)
	}
	for _, mark := range marks {
		if e, ok := elements[mark]; ok {
			p.embed(e)
			return
		}
	}
}

var disqusShort = lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9-]*$`)

// embed takes up an embed, once for each service: the mention that tells most stays.
func (p *Page) embed(b Embed) {
	for i, known := range p.Embeds {
		if known.Name == b.Name {
			if known.Feed == "" && known.Pattern == "" {
				p.Embeds[i] = b
			}
			return
		}
	}
	if len(p.Embeds) < maxEmbeds {
		p.Embeds = append(p.Embeds, b)
	}
}
