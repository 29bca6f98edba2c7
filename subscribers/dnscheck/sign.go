package dnscheck

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// dkim looks whether the keys that mails are signed with are published.
func (c *check) dkim() (all []Finding) {
	if c.Domain == "" || c.Host == "" && len(c.Keys) == 0 {
		return nil
	}
	if len(c.Keys) == 0 {
		return found(DKIM, Unknown, nil, "Whether %s signs your mail (DKIM) cannot be looked up from outside: the name of the key is known to the server alone. "+
			"Look at the source of the test mail where you receive it: it should say dkim=pass with header.d=%s. If it does not, Postbag can sign: postbag dkim keygen makes a key.", c.Host, c.Domain)
	}
	for _, key := range c.Keys {
		all = append(all, c.key(key)...)
	}
	return all
}

// key looks at the record of one key (RFC 6376, 3.6.1).
func (c *check) key(want Record) []Finding {
	texts, err := c.txt(want.Name)
	if err != nil && !missing(err) {
		return unseen(DKIM, "The DKIM record "+want.Name, err)
	}
	// Other texts at the name, as a wildcard puts there, are no keys.
	texts = slices.DeleteFunc(texts, func(text string) bool { _, ok := dmarcTags(text)["p"]; return !ok })
	switch len(texts) {
	case 0:
		return found(DKIM, Wrong, &want, "There is no DKIM record at %s, so receivers cannot check the signature of your mails.", want.Name)
	case 1:
	default:
		return found(DKIM, Wrong, nil, "%d DKIM records stand at %s, and receivers count none of them or any (RFC 6376, 3.6.2.2). Keep the one of your key: %s", len(texts), want.Name, want)
	}
	is, ours := dmarcTags(texts[0]), dmarcTags(want.Value)
	kind := is["k"]
	if kind == "" {
		kind = "rsa"
	}
	switch public := strings.Join(strings.Fields(is["p"]), ""); {
	case public == "":
		return found(DKIM, Wrong, &want, "The DKIM record at %s says that its key is withdrawn (p= is empty), so no signature by it counts.", want.Name)
	case public != ours["p"] || !strings.EqualFold(kind, ours["k"]):
		return found(DKIM, Wrong, &want, "The DKIM record at %s is of another key than mails are signed with, so no signature holds. Publish this one, or set --dkim-key-file to the key that is published.", want.Name)
	case is["h"] != "" && !slices.Contains(strings.Split(is["h"], ":"), "sha256"):
		return found(DKIM, Wrong, &want, "The DKIM record at %s allows other hashes than SHA-256 alone (h=%s), so no signature holds.", want.Name, shown(is["h"]))
	case slices.Contains(strings.Split(is["t"], ":"), "y"):
		return found(DKIM, Look, &want, "The DKIM record at %s says that signing is only being tried (t=y). Receivers may count the mail as not signed.", want.Name)
	case slices.Contains(strings.Split(is["t"], ":"), "s") && c.Signed != c.Domain:
		return found(DKIM, Look, &want, "The DKIM record at %s is for addresses of %s alone (t=s), and mail comes from %s.", want.Name, c.Signed, c.Domain)
	}
	return found(DKIM, Good, nil, "The DKIM record at %s is of the key that mails are signed with, and %s is the From address's own domain.", want.Name, c.Signed)
}

// bounces looks at the domain that bounces go to: mail to it has to come to this program,
// and SPF is checked by it (RFC 7208, 2.4), which DMARC counts only when it is of the From
// address's registered domain.
func (c *check) bounces() []Finding {
	if c.Bounces == "" {
		return nil
	}
	hosts, err := c.mx(c.Bounces)
	switch {
	case err != nil && !missing(err):
		return unseen(Bounces, "Where mail to "+c.Bounces+" goes", err)
	case len(hosts) == 0 || strings.Trim(hosts[0].Host, ".") == "":
		host := c.Bounces // where the pages are is where the program is
		if u, err := url.Parse(c.BaseURL); err == nil && strings.Contains(u.Hostname(), ".") {
			host = u.Hostname()
		}
		return found(Bounces, Wrong, &Record{c.Bounces, "MX", "10 " + host + "."}, "%s has no MX record, so bounces and mails that unsubscribe do not arrive.", c.Bounces)
	}
	to := strings.TrimSuffix(hosts[0].Host, ".")
	addresses, err := c.ips(to)
	if len(addresses) == 0 {
		if err != nil && !missing(err) {
			return unseen(Bounces, "The address of "+to, err)
		}
		return found(Bounces, Wrong, &Record{to, "A", "the address of this machine"}, "Mail to %s goes to %s, a name without an address: bounces do not arrive.", c.Bounces, to)
	}
	all := found(Bounces, Good, nil, "Bounces go to %s, and mail to it to %s.", c.Bounces, to)
	records, err := c.spfRecords(c.Bounces)
	switch {
	case err != nil && !missing(err):
		all = append(all, unseen(Bounces, "The SPF record of "+c.Bounces, err)...)
	case len(records) == 0:
		all = append(all, found(Bounces, Wrong, &Record{c.Bounces, "TXT", "v=spf1 " + c.term() + " ~all"},
			"%s has no SPF record. Receivers check the sender of the envelope, which is of this domain.", c.Bounces)...)
	}
	if organisation(c.Bounces) != organisation(c.Domain) {
		all = append(all, found(Bounces, Look, nil, "Bounces go to %s, while mail comes from %s: what SPF says of the one does not count for the other (DMARC), so only the signature (DKIM) speaks for your mail.", c.Bounces, c.Domain)...)
	}
	return all
}

// ptr looks whether the addresses of a mail server of one's own have a name that leads
// back to them: large receivers refuse mail from others. The addresses of a service that
// many share are its own affair.
func (c *check) ptr() (all []Finding) {
	if c.Host == "" || c.Domain == "" {
		return nil
	}
	if c.local() {
		return found(PTR, Unknown, nil, "The mail server is this machine. Which address it sends from cannot be seen from here; that address needs a name (PTR), and the name has to lead back to it.")
	}
	_, err := netip.ParseAddr(c.Host)
	if err != nil && organisation(c.Host) != organisation(c.Domain) {
		return nil
	}
	const most = 4 // addresses
	servers := c.servers()
	for _, ip := range servers[:min(len(servers), most)] {
		all = append(all, c.nameOf(ip))
	}
	return all
}

// nameOf looks at the name of one address.
func (c *check) nameOf(ip netip.Addr) Finding {
	names, err := c.names(ip)
	switch {
	case err != nil && !missing(err):
		return unseen(PTR, "The name of "+ip.String(), err)[0]
	case len(names) == 0:
		host := c.Host
		if _, err := netip.ParseAddr(host); err == nil {
			host = "mail." + c.Domain
		}
		return Finding{PTR, Wrong, fmt.Sprintf("The mail server's address %s has no name. Large receivers refuse mail from such an address; whoever gave you the address can set it.", ip), &Record{reverse(ip), "PTR", host + "."}}
	}
	const most = 5
	for _, name := range names[:min(len(names), most)] {
		back, err := c.ips(strings.TrimSuffix(name, "."))
		if err != nil && !missing(err) {
			return unseen(PTR, "The address of "+name, err)[0]
		}
		if slices.Contains(back, ip) {
			return Finding{PTR, Good, fmt.Sprintf("The mail server's address %s is named %s, and that name leads back to it.", ip, strings.TrimSuffix(name, ".")), nil}
		}
	}
	name, kind := strings.TrimSuffix(names[0], "."), "A"
	if ip.Is6() {
		kind = "AAAA"
	}
	return Finding{PTR, Wrong, fmt.Sprintf("The mail server's address %s is named %s, and that name does not lead back to it. Large receivers refuse mail from such an address.", ip, name), &Record{name, kind, ip.String()}}
}

// reverse gives the name that an address's own name stands under (RFC 1035, 3.5; RFC 3596,
// 2.5).
func reverse(ip netip.Addr) string {
	var b strings.Builder
	if ip.Is4() {
		for _, part := range slices.Backward(ip.AsSlice()) {
			fmt.Fprintf(&b, "%d.", part)
		}
		return b.String() + "in-addr.arpa"
	}
	for _, part := range slices.Backward(ip.AsSlice()) {
		fmt.Fprintf(&b, "%x.%x.", part&0xf, part>>4)
	}
	return b.String() + "ip6.arpa"
}
