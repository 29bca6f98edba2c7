package pack

const german = `
small: der die das und in zu den von ist mit dem des nicht ein eine auf für im sich es dass daß sie er ich wir auch an als wie war hat haben wird sind noch nur aber aus bei nach um am einen einer so oder vor zur zum bis über wenn kann mehr was man uns mir doch schon

i: ich
me: mich mir
my: mein meine meinem meinen meiner meines
we: wir uns unser unsere unserem unseren unserer
you: du dir dich dein deine deinen ihr euch euer eure ihnen
being: bin arbeite wohne lebe unterrichte fahre pflege betreue leite führe pendle habe

past: war waren hatte hatten habe haben bin wurde wurden wollte wollten konnte konnten musste mussten durfte sollte gab ging gingen kam kamen sah sahen sagte nahm stand standen saß saßen lag fand fanden blieb blieben schrieb lief fuhr fuhren rief wusste dachte brachte bekam bekamen verlor begann starb sprach half hielt zog ließ trug traf aß schlief wuchs fiel lernte arbeitete wohnte lebte machte erlebte gewesen

notpast: heute leute seite bitte karte mitte hätte hätten hielte käme bliebe ginge gäbe könnte könnten sollte sollten möchte möchten würde würden müsste müssten dürfte letzte letzten erste ersten beste besten nächste nächsten rechte rechten alte alten gute guten weite weiten meiste meisten sechste echte leichte leichten schlechte schlechten zweite zweiten dritte dritten gesamte gesamten geben gehen gegen gerade genau gern gerecht gesamt gesund gehört gut genannte bekannte bekannten geld gestern gleichen gehabt bestimmten seiten zeiten worten kosten warten unten hinten arbeiten halten leisten bieten bitten treten raten mindesten spätesten täglichen konkrete konkreten gesagt gerechten geringen geboten gemeinsamen

life: jahr jahre jahren jahrelang monat monate monaten woche wochen tag tage tagen nacht nächte morgen abend winter sommer weihnachten gestern montag dienstag mittwoch donnerstag freitag samstag sonntag
  arbeit job schicht schichten nachtschicht dienst dienste frühdienst spätdienst dienstplan überstunden lehre ausbildung beruf rente gehalt lohn praktikum studium
  kollege kollegen kollegin kolleginnen chef chefin leiter leiterin fahrer fahrerin kunde kunden kundin patient patienten patientin schüler schülerin schülern fahrgast fahrgäste mieter vermieter lehrer lehrerin pfleger krankenschwester team
  büro werkstatt bahnhof station klinik krankenhaus schule klasse gericht laden fabrik lager hof küche garten amt praxis kantine bus zug bahn tram rad auto baustelle verein
  mutter vater eltern sohn tochter frau mann kind kinder kindern enkel oma opa großmutter großvater schwester bruder tante onkel nachbar nachbarn nachbarin freund freundin freunde baby familie
  haus wohnung straße dorf tür arzt ärztin termin behandlung operation haltestelle warteschlange gefahren gearbeitet gewohnt gelebt unterrichtet gewartet gepflegt

common: aber alle allem allen aller alles andere anderen anderer beim bereits bitte dabei dafür damit dann daran darauf davon dazu deren diese diesem diesen dieser dieses doch durch eben eigentlich einfach einmal endlich etwas ganz ganze ganzen geht gerade gibt gute guten haben hatte heute hier immer jede jeden jeder jedes jetzt können kommt könnte lange lassen leider machen macht mehr meist muss müssen nach neue neuen nicht nichts noch schon sehr seit selbst sein seine seinen sollte sondern statt über überhaupt unter viel viele vielen vielleicht vorher wäre weiß weiter welche wenig wenn werden wieder wird wirklich wissen wollen worden wurde würde zeit zwischen leute menschen beitrag artikel kommentar thema frage sache stelle teil letzte letzten ersten nächsten jahre jahren woche wochen tage tagen stunden minuten

view: denke glaube finde hoffe meine vermute fürchte weiß verstehe sehe nehme stimme schätze würde wünsche frage zweifle

because: weil denn da_ja außerdem jedoch deshalb deswegen daher darum trotzdem dennoch obwohl nämlich schließlich andererseits einerseits sonst damit_ist während_die das_heißt das_bedeutet der_grund sofern solange wodurch weshalb zumal statt anstatt aufgrund wegen folglich somit hingegen denn_wer zwar insofern vorausgesetzt zum_beispiel beispielsweise führt_dazu immerhin

should: sollte sollten müsste müssten muss_man man_muss müssen_wir wir_müssen muss_endlich muss_die muss_der wie_wäre warum_nicht vorschlag vorschlagen schlage vorschlage fordere besser_wäre wäre_besser wäre_es lasst lasst_uns gehört_abgeschafft braucht_es es_braucht bräuchte bräuchten könnte_man man_könnte wir_brauchen brauchen_wir empfehle höchste_zeit dürfte_nicht was_wäre_wenn was_wäre
has:

feel: traurig wütend stolz angst ängstlich enttäuscht verzweifelt glücklich froh erleichtert dankbar beschämt geschämt schäme scham einsam erschöpft entsetzt empört sauer geweint weinen weine tränen verärgert besorgt sorgen hilflos ratlos verletzt gerührt freude freue gefreut trauer schuldgefühle schockiert fassungslos neidisch hasse hass geliebt furcht fürchterlich_leid nervös deprimiert müde_von satt_habe vermisse heimweh peinlich bedrückt herz_gebrochen gänsehaut schäm überglücklich begeistert

insult: blockwart schlafschaf schlafschafe gutmensch gutmenschen penner arschloch hirni honk trottel vollidiot verzieh_dich geh_doch braucht_dich idiot idioten lügner dumm dumme dummer dummes blöd blöde blödsinn quatsch unsinn schwachsinn troll trolle lächerlich ahnungslos ahnungslose ahnungsloser feigling heuchler arrogant peinlich halt_die spinner schwätzer keine_ahnung leute_wie_sie leute_wie_du typen_wie ihresgleichen erbärmlich verblödet geschwätz geschwafel halten_sie_den halten_sie_doch witzfigur dummkopf märchen hirnlos

event: verschoben umstellung vorverlegt abgesagt sitzung versammlung termin treffen schließung schließt geschlossen schließen streik warnstreik abstimmung wahl anhörung verhandlung urteil brief schreiben mail mitteilung aushang kündigung kündigungen frist kürzung eröffnung eröffnet beginnt startet fällt_aus entfällt gesperrt sperrung ersatzverkehr demo demonstration petition bürgerversammlung ergebnis ergebnisse fahrplan infoabend abgerissen eingestellt umzug bauarbeiten zieht entscheidet entscheidung tagesordnung tagt auktion versteigerung versteigert verkauft verkauf abriss abgebaut letzte_führung
soon: morgen übermorgen heute nächste nächsten nächster kommende kommenden kommender ab_montag ab_dienstag ab_mittwoch ab_donnerstag ab_freitag ab_samstag ab_sofort ab_januar ab_februar ab_märz ab_april ab_mai ab_juni ab_juli ab_august ab_september ab_oktober ab_november ab_dezember am_montag am_dienstag am_mittwoch am_donnerstag am_freitag am_samstag am_sonntag zum_januar zum_ersten demnächst ab_dem diese_woche zum_jahresende bis_ende vom_ersten im_januar im_februar im_märz im_april im_mai im_juni im_juli im_august im_september im_oktober im_november im_dezember ab_sonntag bis_montag bis_freitag zum_montag
told: ist_verschoben neuer_termin wurde_bekannt angekündigt mitgeteilt gerade_erfahren eben_erfahren erfahren bestätigt verkündet gab_bekannt hieß_es teilte informiert beschlossen gehört_dass bekannt_gegeben bekanntgegeben mir_gesagt uns_gesagt hat_gesagt gesagt_dass wie_man_hört laut_aushang steht_fest
will: neuer soll_geschlossen wird_es wird_geschlossen findet werden_die wird_die wird_der wird_das soll hängt kam_ein

number: zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert hunderte tausend tausende million millionen milliarde milliarden dutzend prozent halbe halbes viertel anderthalb einundzwanzig zweiundzwanzig dreiundzwanzig vierundzwanzig fünfundzwanzig sechsundzwanzig siebenundzwanzig achtundzwanzig neunundzwanzig einunddreißig zweiunddreißig dreiunddreißig vierunddreißig fünfunddreißig sechsunddreißig siebenunddreißig achtunddreißig neununddreißig fünfundvierzig

source: http https www laut_bericht laut_einer laut_einem laut_der laut_dem laut_innung laut_statistik laut_jahresbericht laut_polizei laut_stadt bericht berichts studie studien umfrage statistik statistiken statistischen protokoll quelle quellen nachzulesen untersuchung veröffentlicht artikel zeitung zufolge paragraf drucksache jahresbericht zahlen_des zahlen_der amtliche landesamt bundesamt rechnungshof

anyone: jemand irgendjemand irgendwer

opener: ja nein genau stimmt richtig eben danke sehr_richtig volle_zustimmung zustimmung dito quatsch unsinn falsch absolut korrekt jein ach na tja also_bitte haha lol sorry ok wow gut_gesagt schön_gesagt sehe_ich_auch das_sehe da_haben_sie da_hast_du sie_haben_recht du_hast_recht wie_sie wie_du wieso_sie warum_sollte_das so_ist_es so_ein ganz_meiner
differs: sehe_ich_nicht_so sehe_das_nicht anderer_ansicht bin_nicht_der_meinung anderer_meinung widerspreche widersprechen stimmt_nicht nicht_richtig im_gegenteil sehe_das_anders sehe_ich_anders anders_sehen anderer_meinung nicht_überzeugt unfair ungerecht_gegenüber zur_verteidigung muss_ich_widersprechen teile_ich_nicht das_gegenteil nicht_so_einfach trifft_nicht_zu halte_ich_für_falsch anders_erlebt nicht_zutreffend
pronoun: das dies diese dieser dieses er sie es ihn ihm
day: montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz april mai juni juli august september oktober november dezember herr frau
not: nicht nie niemals kein keine keinen keiner keinem niemand nichts weder ohne kaum
role: leiter leiterin chefin chef lehrer lehrerin fahrer fahrerin pfleger pflegerin krankenschwester arzt ärztin sachbearbeiter sachbearbeiterin hausmeister schulleiter schulleiterin bürgermeister stadtrat betriebsrat azubi referendar referendarin hebamme erzieherin erzieher schaffner bibliothekarin
accuse: gestohlen betrug betrogen betrüger gelogen lügt lügner bestochen korrupt korruption veruntreut gefälscht geschlagen missbraucht gemobbt mobbing betrunken belästigt kriminell dieb erpresst unterschlagen
`
