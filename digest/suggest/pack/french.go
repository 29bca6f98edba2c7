package pack

const french = `
small: le la les de des du un une et est à en que qui dans ce il elle pour pas sur au ne se par plus avec on mais ou son sont ont nous vous je cette ces aux sa si tout leur y été comme lui fait bien être c l d qu n s j

i: je j
me: me m moi
my: mon ma mes
we: nous notre nos
you: tu te toi ton ta tes vous votre vos
being: suis travaille habite vis enseigne conduis dirige soigne garde

past: ai avais avait avons avez avaient étais était étions étaient suis sommes eu été fait vu pris mis dit pu dû su lu reçu vécu perdu attendu entendu connu venu venue venus resté partie parti sorti appris compris écrit conduit tenu fallu fus fut

notpast: année années côté côtés été société vérité qualité liberté santé moitié journée soirée idée idées café beauté réalité sécurité activité université vais mais jamais français anglais frais désormais mauvais fait parfait fais trait lait difficulté nécessité volonté égalité communauté marché congé musée lycée degré entrée arrivée durée bonté cité quartier comité député clé blé thé pré gré métier papier dernier premier aurait serait faudrait pourrait devrait voudrait devraient pourraient seraient auraient

life: an ans année années mois semaine semaines jour jours nuit nuits matin matinée soir soirée hiver été noël hier lundi mardi mercredi jeudi vendredi samedi dimanche
  travail boulot métier poste service garde gardes équipe horaires heures retraite salaire formation stage carrière études
  collègue collègues chef patron patronne directeur directrice chauffeur conducteur client clients cliente patient patients patiente élève élèves étudiant étudiants voyageur voyageurs locataire locataires propriétaire infirmière infirmier professeur prof maîtresse syndicat
  bureau atelier gare hôpital école classe collège lycée tribunal magasin usine entrepôt cour cuisine jardin mairie clinique cabinet cantine bus train tram vélo voiture métro bibliothèque marché chantier ferme
  mère père maman papa parents fils fille femme mari enfant enfants gamin gosses petit-fils grand-mère grand-père mamie papi soeur sœur frère tante oncle voisin voisins voisine ami amis amie bébé famille
  maison appartement rue village porte médecin docteur rendez-vous opération traitement arrêt file quartier travaillé habité vécu enseigné

common: alors après aussi autre autres avant avec beaucoup bien cela celle celui certains chaque chez chose choses comme comment contre dans déjà depuis dernier dernière devant doit donc elle elles encore enfin entre être faire fait faut fois fois-ci font gens grand grande heure heures ici jamais jour jours juste leur leurs mais même mêmes mieux moins monde notre nous parce parler parfois partout pendant personne personnes petit petite peut peuvent peut-être plus plusieurs pour pourquoi pourtant presque puis quand quel quelle quelque quelques rien sans selon seul seule seulement sous souvent surtout temps toujours tous tout toute toutes très trop vers voir voilà voudrait vraiment votre vous ans années mois semaine semaines minutes article billet commentaire sujet question place dire dit merci

view: pense crois espère suppose trouve imagine doute sais comprends vois souhaite aime partage rejoins

because: parce car puisque cependant pourtant toutefois donc ainsi sinon néanmoins quoique bien_que alors_que tandis_que afin en_effet c'est_pourquoi c_est_pourquoi voilà_pourquoi la_raison en_revanche au_contraire d_ailleurs malgré à_condition autrement_dit ce_qui_veut_dire ce_qui_signifie faute_de grâce_à à_cause tant_que dès_lors or du_coup même_si par_conséquent par_exemple plutôt_que au_lieu_de d_une_part dans_la_mesure

should: faudrait il_faut_que devrait devraient devrions devriez pourquoi_ne_pas pourquoi_pas et_si je_propose nous_proposons on_propose propose_que proposition suggère suggérer il_suffirait il_serait_temps il_est_temps mieux_vaudrait vaudrait_mieux il_vaut_mieux pourrait_on on_pourrait réclame réclamons exige demandons doit_être doivent_être recommande qu_attend la_mairie_doit
has:

feel: honte fier fière fiers peur triste tristesse colère furieux furieuse déçu déçue heureux heureuse malheureux malheureuse soulagé soulagée reconnaissant reconnaissante seul_et épuisé épuisée désespéré désespérée pleuré pleure pleurer pleurais larmes angoisse angoissé inquiet inquiète bouleversé bouleversée ému émue ravi ravie joie chagrin humilié humiliée dégoûté dégoûtée écoeuré écœuré écœurée scandalisé révolté révoltée jaloux détestais déteste haine adorais solitude coupable gêné gênée nostalgie manque_terriblement serre_le_coeur coeur_serré cœur_serré soulagement bonheur rage effrayé effrayée ras-le-bol marre terrifié terrifiée

insult: pauvre_type pauvre_mec connard connards bobo bobos nullard bouffon ordure idiot idiots imbécile imbéciles menteur menteuse menteurs débile débiles stupide stupides crétin crétins abruti abrutis troll trolls ridicule pathétique ignorant ignorants lâche hypocrite hypocrites clown n_importe_quoi taisez-vous taisez tais-toi la_ferme gens_comme_vous vous_n_y_connaissez_rien bêtises âneries conneries sottises honte_à_vous minable guignol radoter vous_délirez fermez_la délirez

event: rassemblement communiqué mobilisation délégation avancée repoussé repoussée réunion assemblée conseil fermeture ferme fermera fermé grève vote scrutin élection audience enquête procès lettre courrier mail courriel avis annonce licenciements suppression supprimé supprimée supprimées ouverture ouvre ouvrira rouvre commence débute date_limite manifestation pétition résultats travaux horaires déménage coupure concertation suspendu remplacé annulé démolition annulée annulés vente enchères démontage délibération ordre_du_jour se_réunit
soon: demain après-demain ce_soir ce_matin aujourd_hui semaine_prochaine mois_prochain année_prochaine lundi_prochain mardi_prochain mercredi_prochain jeudi_prochain vendredi_prochain samedi_prochain dès_lundi dès_demain à_partir à_compter dès_le lundi_à mardi_à mercredi_à jeudi_à vendredi_à samedi_à dimanche_à ce_lundi ce_mardi ce_mercredi ce_jeudi ce_vendredi ce_samedi ce_dimanche prochainement d_ici jusqu_au en_janvier en_février en_mars en_avril en_mai en_juin en_juillet en_août en_septembre en_octobre en_novembre en_décembre bientôt fin_du_mois dès_samedi dès_dimanche samedi_matin lundi_matin
told: vient_d viens_d vient_de viens_de venons_d venons_de annonce annoncé annoncée confirmé confirme on_nous_a_dit nous_a_informé informé informés informe il_paraît est_prévu est_prévue décidé on_m_a_dit on_nous_annonce l_a_dit nous_a_dit m_a_dit a_annoncé ont_annoncé a_confirmé a_déclaré
will: appris apprends reçu aura_lieu auront_lieu va_fermer vont_fermer sera seront va_être vont_être a_lieu

number: deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt trente quarante cinquante soixante cent cents mille million millions milliard milliards douzaine douzaines dizaine dizaines vingtaine trentaine centaine centaines moitié demi demie quart tiers quatre-vingt pourcent

source: http https www selon rapport rapports étude études sondage enquête_de statistiques insee chiffres_de chiffres_du chiffres_officiels procès-verbal publié publiée article source sources d_après cour_des_comptes compte_rendu compte-rendu rapporte journal_officiel recensement bulletin

anyone: quelqu_un

opener: oui non exactement exact tout_à_fait d_accord bien_dit merci absolument vrai faux c_est_vrai c_est_faux voilà pareil idem moi_aussi vous_avez_raison tu_as_raison n_importe_quoi ah oh bof mdr lol ok bravo bien_vu encore_faux comme_vous comme_tu pourquoi_dites pourquoi_vous et_vous et_toi certes entièrement_d_accord vraiment comment_pouvez
differs: ne_partage_pas je_vous_arrête pas_du_même_avis pas_du_tout_d_accord pas_d_accord c_est_faux au_contraire en_désaccord contrairement je_ne_crois_pas je_ne_pense_pas pas_si_simple pas_convaincu pas_convaincue injuste à_la_décharge pour_défendre d_un_autre_côté je_vois_les_choses_autrement autre_avis pas_vrai tout_le_contraire permettez-moi je_conteste à_leur_décharge loin_d_être
pronoun: ce c cela ça il elle ils elles celui celle ceux lui leur
day: lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril mai juin juillet août septembre octobre novembre décembre monsieur madame mme
not: ne n pas jamais rien personne aucun aucune ni sans nul guère
role: directeur directrice chef infirmier infirmière médecin professeur prof instituteur institutrice chauffeur conducteur maire adjoint adjointe conseiller conseillère secrétaire gardien gardienne concierge éducateur éducatrice sage-femme aide-soignante apprenti apprentie stagiaire contrôleur bibliothécaire
accuse: volé vol voleur fraude menti ment menteur triché corrompu corruption détourné harcelé harcèlement agressé abusé ivre saoul raciste criminel escroc falsifié chantage pot-de-vin pots-de-vin
`
