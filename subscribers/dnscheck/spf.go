package dnscheck

import (
	"fmt"
	"net/netip"
	"strings"
)

// maxTerms is how many terms of an SPF record and of those it leads to may need a
// lookup; a receiver counts a record that needs more as broken (RFC 7208, 4.6.4).
const maxTerms = 10

// includes are the records that large mail services tell their customers to include, by
// the domain of their servers.
var includes = []struct{ servers, include string }{
	{"gmail.com", "_spf.google.com"},
	{"google.com", "_spf.google.com"},
	{"office365.com", "spf.protection.outlook.com"},
	{"outlook.com", "spf.protection.outlook.com"},
	{"fastmail.com", "spf.messagingengine.com"},
	{"messagingengine.com", "spf.messagingengine.com"},
	{"mailgun.org", "mailgun.org"},
	{"sendgrid.net", "sendgrid.net"},
	{"amazonaws.com", "amazonses.com"},
	{"postmarkapp.com", "spf.mtasv.net"},
}

// term is the mechanism that lets the mail server send.
func (c *check) term() string {
	for _, service := range includes {
		if c.Host == service.servers || strings.HasSuffix(c.Host, "."+service.servers) {
			return "include:" + service.include
		}
	}
	if ip, err := netip.ParseAddr(c.Host); err == nil && !ip.IsLoopback() {
		if ip.Is4() {
			return "ip4:" + ip.String()
		}
		return "ip6:" + ip.String()
	}
	if c.local() || c.Host == "" {
		return "mx"
	}
	return "a:" + c.Host
}

// local tells whether the mail server is this machine.
func (c *check) local() bool {
	ip, err := netip.ParseAddr(c.Host)
	return err == nil && ip.IsLoopback() || c.Host == "localhost"
}

// spf looks whether the domain says who may send for it, and whether that is the mail
// server.
func (c *check) spf() []Finding {
	if c.Domain == "" {
		return nil
	}
	records, err := c.spfRecords(c.Domain)
	if err != nil && !missing(err) {
		return unseen(SPF, "The SPF record of "+c.Domain, err)
	}
	switch len(records) {
	case 0:
		return found(SPF, Wrong, &Record{c.Domain, "TXT", "v=spf1 " + c.term() + " ~all"},
			"%s has no SPF record, so nothing says that your mail server may send for it. Publish one; your mail provider says what stands in it.", c.Domain)
	case 1:
	default:
		return found(SPF, Wrong, nil, "%s has %d SPF records. Receivers then count none of them (RFC 7208, 4.5): make one of them all, which begins with v=spf1 and ends with ~all.", c.Domain, len(records))
	}
	w := &spfWalk{check: c, servers: c.servers(), within: map[string]bool{c.Domain: true}}
	w.follow(c.Domain, records[0], 0)
	return c.judgeSPF(records[0], w)
}

// judgeSPF words what was seen of a domain's one record.
func (c *check) judgeSPF(record string, w *spfWalk) []Finding {
	switch {
	case w.broken != "":
		return found(SPF, Wrong, nil, "The SPF record of %s is broken: %s. Receivers then count it as none. It reads: %s", c.Domain, w.broken, shown(record))
	case w.terms > maxTerms:
		return found(SPF, Wrong, nil, "The SPF record of %s needs %s, and receivers stop after %d (RFC 7208, 4.6.4): it then counts for nothing. Take services out that you no longer send through.",
			c.Domain, lookups(w.terms), maxTerms)
	case w.all == '+':
		return found(SPF, Wrong, withAll(c.Domain, record), "The SPF record of %s ends with +all, which lets anybody send in your name. End it with ~all.", c.Domain)
	case w.unseen != nil:
		return unseen(SPF, "All that the SPF record of "+c.Domain+" leads to", w.unseen)
	}
	f := Finding{Subject: SPF, Grade: Good, Text: fmt.Sprintf("%s has one SPF record, which needs %s of the %d allowed.", c.Domain, lookups(w.terms), maxTerms)}
	switch {
	case w.all == '?', w.all == 0:
		f.Grade, f.Publish = Look, withAll(c.Domain, record)
		f.Text = fmt.Sprintf("The SPF record of %s names who may send, and says nothing against anybody else. End it with ~all.", c.Domain)
	case len(w.servers) == 0 || w.macros:
	case w.passes:
		f.Text += fmt.Sprintf(" It lets %s send.", c.Host)
	default:
		f.Grade = Look
		f.Text = fmt.Sprintf("The SPF record of %s does not name %s. That is right only if your provider hands the mails on from other addresses that it names; the test mail's source should say spf=pass. It reads: %s",
			c.Domain, c.Host, shown(record))
	}
	return []Finding{f}
}

// servers gives the public addresses of the mail server.
func (c *check) servers() (public []netip.Addr) {
	if c.Host == "" || c.local() {
		return nil
	}
	if ip, err := netip.ParseAddr(c.Host); err == nil {
		return []netip.Addr{ip}
	}
	all, err := c.ips(c.Host)
	if err != nil {
		return nil
	}
	for _, ip := range all {
		if !ip.IsPrivate() && !ip.IsLoopback() {
			public = append(public, ip)
		}
	}
	return public
}

// spfRecords gives the TXT records of a name that are SPF (RFC 7208, 4.5).
func (c *check) spfRecords(name string) (records []string, err error) {
	texts, err := c.txt(name)
	for _, text := range texts {
		version, _, _ := strings.Cut(text, " ")
		if strings.EqualFold(version, "v=spf1") {
			records = append(records, text)
		}
	}
	return records, err
}

// spfWalk reads a record and those it leads to.
type spfWalk struct {
	*check
	servers []netip.Addr
	within  map[string]bool // the domains whose records are being read
	terms   int             // that need a lookup
	all     byte            // the sign before the record's own all: + - ~ ?; 0 for none
	passes  bool            // some server is named
	macros  bool            // a name depends on the mail, so that it cannot be said who is named
	broken  string          // why the record counts as none
	unseen  error           // a lookup that failed
}

// follow reads one record. The "all" of an included one means nothing to the one that
// includes it (RFC 7208, 5.2); that of one that is redirected to does.
func (w *spfWalk) follow(domain, record string, depth int) {
	fields := strings.Fields(record)[1:]
	redirect, hasAll := "", false
	for _, field := range fields {
		sign := byte('+')
		if strings.ContainsRune("+-~?", rune(field[0])) {
			sign, field = field[0], field[1:]
		}
		name, value := mechanism(field)
		if strings.Contains(value, "%{") {
			w.macros = true
		}
		switch name {
		case "all":
			hasAll = true
			if depth == 0 {
				w.all = sign
			}
		case "include", "a", "mx", "ptr", "exists":
			w.terms++
			w.look(domain, name, value, sign, depth)
		case "ip4", "ip6":
			w.network(field, value, sign)
		case "redirect=":
			redirect = value
		default:
			if !strings.HasSuffix(name, "=") { // an unknown modifier is skipped (RFC 7208, 6)
				w.spoil("%q is no term of SPF", field)
			}
		}
		if w.terms > maxTerms || w.broken != "" {
			return
		}
	}
	if redirect != "" && !hasAll {
		w.terms++
		w.lead(redirect, depth)
	}
}

// mechanism splits a term into its name and what stands behind it; a modifier's name
// ends with "=".
func mechanism(field string) (name, value string) {
	at := strings.IndexAny(field, ":/=")
	if at < 0 {
		return strings.ToLower(field), ""
	}
	name, value = strings.ToLower(field[:at]), field[at:]
	switch value[0] {
	case '=':
		return name + "=", value[1:]
	case ':':
		return name, value[1:]
	}
	return name, value
}

func (w *spfWalk) spoil(format string, args ...any) {
	if w.broken == "" {
		w.broken = fmt.Sprintf(format, args...)
	}
}

// look does what a term needs a lookup for.
func (w *spfWalk) look(domain, name, value string, sign byte, depth int) {
	if strings.Contains(value, "%{") || w.terms > maxTerms {
		return
	}
	target, bits := value, ""
	if at := strings.IndexByte(value, '/'); at >= 0 {
		target, bits = value[:at], value[at+1:]
	}
	if target == "" {
		target = domain
	}
	switch name {
	case "include":
		if value == "" {
			w.spoil("an include names nothing")
			return
		}
		w.lead(value, depth+1)
	case "a":
		w.host(target, bits, sign)
	case "mx":
		hosts, err := w.mx(target)
		if err != nil && !missing(err) {
			w.unseen = err
		}
		for _, h := range hosts[:min(len(hosts), 10)] {
			if len(w.servers) > 0 && !w.passes {
				w.host(strings.TrimSuffix(h.Host, "."), bits, sign)
			}
		}
	}
}

// lead goes on to another record. There are no more than maxTerms.
func (w *spfWalk) lead(name string, depth int) {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if strings.Contains(name, "%{") {
		w.macros = true
		return
	}
	if w.within[name] {
		w.spoil("it leads to itself by %s", name)
		return
	}
	w.within[name] = true
	defer delete(w.within, name)
	records, err := w.spfRecords(name)
	switch {
	case err != nil && !missing(err):
		w.unseen = err
	case len(records) == 0:
		w.spoil("it leads to %s, which has no SPF record", name) // RFC 7208, 5.2 and 6.1
	case len(records) > 1:
		w.spoil("it leads to %s, which has several", name)
	default:
		w.follow(name, records[0], depth)
	}
}

// host compares the servers with the addresses of a name.
func (w *spfWalk) host(name, bits string, sign byte) {
	if len(w.servers) == 0 || sign != '+' {
		return
	}
	all, err := w.ips(name)
	if err != nil && !missing(err) {
		w.unseen = err
	}
	for _, ip := range all {
		size := ip.BitLen()
		four, six, _ := strings.Cut(bits, "//")
		if strings.HasPrefix(bits, "/") {
			four, six = "", strings.TrimPrefix(bits, "/")
		}
		if n := four; ip.Is6() {
			n = six
			setBits(&size, n)
		} else {
			setBits(&size, n)
		}
		if prefix, err := ip.Prefix(size); err == nil {
			w.names(prefix)
		}
	}
}

func setBits(size *int, text string) {
	var n int
	if _, err := fmt.Sscanf(text, "%d", &n); err == nil && n >= 0 && n <= *size {
		*size = n
	}
}

// network compares the servers with a network that the record spells out.
func (w *spfWalk) network(field, value string, sign byte) {
	prefix, err := netip.ParsePrefix(value)
	if ip, single := netip.ParseAddr(value); single == nil {
		prefix, err = netip.PrefixFrom(ip, ip.BitLen()), nil
	}
	if err != nil {
		w.spoil("%q names no network", field)
		return
	}
	if sign == '+' {
		w.names(prefix.Masked())
	}
}

func (w *spfWalk) names(prefix netip.Prefix) {
	for _, ip := range w.servers {
		w.passes = w.passes || prefix.Contains(ip)
	}
}

// withAll is a record with another ending.
func withAll(domain, record string) *Record {
	var kept []string
	for _, field := range strings.Fields(record) {
		if strings.ToLower(strings.TrimLeft(field, "+-~?")) != "all" {
			kept = append(kept, field)
		}
	}
	return &Record{domain, "TXT", strings.Join(append(kept, "~all"), " ")}
}

// shown bounds a record in a sentence.
func shown(record string) string {
	const most = 300
	record = strings.ToValidUTF8(strings.Join(strings.Fields(record), " "), "")
	if r := []rune(record); len(r) > most {
		return string(r[:most]) + "…"
	}
	return record
}

func lookups(n int) string {
	if n == 1 {
		return "1 lookup"
	}
	return fmt.Sprintf("%d lookups", n)
}
