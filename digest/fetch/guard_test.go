package fetch_test

import (
	"net/netip"
	"testing"

	"postbag/digest"
	"postbag/digest/fetch"
)

func TestPrivateNetworksAreRefused(t *testing.T) {
	for _, text := range []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.8.8.8",
		"169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.168.1.1", "198.18.0.1",
		"198.19.255.255", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::7f00:1",
		"fc00::1", "fdff::1", "fe80::1", "fe80::1%eth0", "febf::1", "fec0::1", "ff02::1",
		"64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1",
		"2002:7f00:1::", "2002:c0a8:101::1", "2002:a00:1::",
		"2001:0:a00:1::", "2001:0:808:808::80ff:fffe", "2001:db8::1", "100::1",
	} {
		if !fetch.Private(netip.MustParseAddr(text)) {
			t.Errorf("%s may be reached, want it refused", text)
		}
	}
	if !fetch.Private(netip.Addr{}) {
		t.Error("no address at all may be reached")
	}
}

func TestPublicAddressesAreReached(t *testing.T) {
	for _, text := range []string{
		"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.255.255.255",
		"172.15.255.255", "172.32.0.1", "192.167.255.255", "198.17.255.255", "198.20.0.1", "223.255.255.255",
		"2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
	} {
		if fetch.Private(netip.MustParseAddr(text)) {
			t.Errorf("%s is refused, want it reached", text)
		}
	}
}

func TestParseAllow(t *testing.T) {
	for _, items := range [][]string{
		nil, {""}, {"blog.lan:8080"}, {"127.0.0.1:80", "[::1]:8080"}, {"10.1.0.0/16", "fd00::/8"}, {" localhost:1 "},
	} {
		if _, err := fetch.ParseAllow(items); err != nil {
			t.Errorf("ParseAllow(%q): %v", items, err)
		}
	}
	for _, item := range []string{
		"blog.lan", "127.0.0.1", ":80", "blog.lan:", "blog.lan:0", "blog.lan:70000", "blog.lan:http",
		"10.0.0.0/33", "blog.lan/8", "http://blog.lan:80", "::1",
	} {
		_, err := fetch.ParseAllow([]string{"ok.lan:80", item})
		if digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "" {
			t.Errorf("ParseAllow(%q) gives %v, want an Invalid error with a hint", item, err)
		}
	}
}
