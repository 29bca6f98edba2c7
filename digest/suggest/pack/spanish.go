package pack

const spanish = `
small: el la los las de del un una y en que no es por con para se lo al su como más pero sus le ya o este sí porque esta entre cuando muy sin sobre también me hay donde quien desde todo nos todos uno les ni ese eso son fue ha era si mi yo te

i: yo trabajé viví nací crecí aprendí perdí conocí llegué empecé tuve fui estuve hice vine anduve conduje salí bajé subí compré pagué lavé entré trabajaba vivía llevo
me: me mí
my: mi mis
we: íbamos éramos fuimos teníamos trabajábamos vivíamos jugábamos estábamos nosotros nosotras nos nuestro nuestra nuestros nuestras
you: tú ti te tu tus usted ustedes vosotros vosotras os vuestro vuestra su
being: soy trabajo vivo enseño conduzco dirijo cuido llevo

past: trabajaba vivía bajé compré lavé entré he había habíamos hemos era éramos fui fue fuimos fueron estuve estuvo estuvimos tuve tuvo tuvimos hice hizo hicimos dije dijo dijeron vi vimos vio pude pudo pudimos quise puse supe vine vino vinieron iba íbamos iban di dio dimos di_clase crecí nací viví trabajé perdí aprendí conocí salí volví subí abrí escribí recibí pedí seguí visto hecho dicho estado sido ido llamé llegué empecé pagué esperé conduje traje anduve

notpast: está están qué café también después así aquí allí todavía día días mía sería serían habría podría podrían debería deberían tendría tendrían haría tranvía policía vía alcaldía mayoría compañía energía librería panadería economía lado cuidado estado partido sentido pasado mercado resultado abogado soldado pescado ruido vecindado demasiado bien algún según través esté haré será habrá irá alegría guía

life: año años mes meses semana semanas día días noche noches mañana tarde invierno verano navidad ayer lunes martes miércoles jueves viernes sábado domingo
  trabajo empleo oficio turno turnos guardia guardias puesto jornada jubilación sueldo salario nómina prácticas carrera estudios horas
  compañero compañeros compañera compañeras jefe jefa encargado encargada director directora conductor conductora cliente clientes clienta paciente pacientes alumno alumnos alumna alumnas viajero viajeros pasajeros inquilino casero casera enfermera enfermero profesor profesora maestra maestro sindicato
  oficina taller estación hospital escuela colegio instituto clase aula juzgado tienda fábrica almacén patio cocina huerto jardín ayuntamiento clínica consulta comedor autobús bus tren tranvía bici coche metro biblioteca mercado obra finca parada cola
  madre padre mamá papá padres hijo hija hijos mujer marido niño niña niños nieto nieta abuela abuelo hermana hermano tía tío vecino vecinos vecina vecinas amigo amiga amigos bebé familia
  casa piso calle pueblo barrio puerta médico médica doctor cita operación tratamiento trabajé trabajado viví vivido

common: ahora algo alguien algún alguna algunos antes aquí así aunque bien bueno cada casi claro como cómo cosa cosas cuando cuánto dar decir desde después dice donde durante ella ellos entonces entre era eran esta estaba están estar este esto estos gente gran hace hacen hacer hacia hasta hora horas hoy igual incluso jamás lado luego mayor mejor menos mientras minutos mismo misma momento muchas mucho muchos mundo nada nadie nueva nuevo nunca otra otras otro otros para parece parte pero persona personas poco pocos poder porque primera primero puede pueden pues quien quién quiere saber según siempre siguiente sino sobre sólo solo también tampoco tanto tener tenía tiempo tiene tienen toda todas todavía todo todos último última unas unos usted veces verdad vez años meses semanas días artículo entrada comentario tema pregunta lugar gracias

view: creo pienso espero supongo imagino opino dudo entiendo veo deseo sé comparto considero

because: porque aunque pues puesto ya_que sin_embargo no_obstante por_tanto por_lo_tanto por_eso por_ello así_que además mientras_que debido gracias_a es_decir salvo a_menos con_tal siempre_que la_razón el_motivo de_lo_contrario en_cambio a_pesar dado de_modo_que por_culpa lo_que_significa eso_significa por_otro_lado si_bien de_ahí por_ejemplo en_vez_de en_lugar_de el_problema_es por_consiguiente de_hecho

should: debería deberían deberíamos deben debe hay_que habría_que hace_falta haría_falta por_qué_no y_si propongo propuesta proponer sugiero sería_mejor mejor_sería ya_es_hora es_hora podríamos podrían tendrían_que tendría_que tienen_que tenemos_que pido pedimos exijo exigimos recomiendo convendría que_pongan necesitamos
has:

feel: vergüenza orgullo orgulloso orgullosa miedo triste tristeza rabia furioso furiosa enfadado enfadada decepcionado decepcionada feliz infeliz aliviado aliviada agradecido agradecida agradecí agradezco soledad agotado agotada desesperado desesperada lloré lloro llorando llorar lágrimas angustia preocupado preocupada emocionado emocionada emoción alegría alegré pena dolor humillado humillada asco indignado indignada indignación avergonzado avergonzada odio odiaba culpa culpable nervioso nerviosa deprimido deprimida impotencia nostalgia añoro echo_de_menos echamos_de_menos harto harta susto asustado asustada ilusión alivio me_duele duele_el_alma encanta_y_emociona

insult: majadero majadera gilipollas zoquete sinvergüenza sinvergüenzas caradura idiota idiotas imbécil imbéciles mentiroso mentirosa mentirosos estúpido estúpida estúpidos tonto tonta tontos payaso payasos ridículo ridícula patético patética ignorante ignorantes cobarde cobardes hipócrita hipócritas trol troll troles cállate cállese gente_como_usted gente_como_tú no_tienes_ni_idea no_tiene_ni_idea ni_idea tonterías tontería estupideces chorradas disparates sandeces vergüenza_ajena burro burros inútil inútiles bobadas

event: concentración aplaza aplazado adelanta adelantan reunión asamblea pleno cierre cierra cierran cerrará cerrarán huelga votación elecciones juicio audiencia carta correo aviso anuncio despidos recorte recortes apertura abre abren abrirá empieza comienza plazo manifestación concentración recogida_de_firmas resultados obras horario mudanza corte traslado inauguración suspendido suprimen suprimida cancelado derribo consulta_pública sustituye charla reúne reúnen vota votan subasta venta derriban desmontan cancelada aplazada orden_del_día decide
soon: mañana pasado_mañana hoy esta_tarde esta_noche esta_mañana próxima próximo próximos que_viene a_partir_del a_partir_de desde_el_lunes el_lunes el_martes el_miércoles el_jueves el_viernes el_sábado el_domingo dentro_de hasta_el en_enero en_febrero en_marzo en_abril en_mayo en_junio en_julio en_agosto en_septiembre en_octubre en_noviembre en_diciembre antes_del a_finales pronto este_lunes este_martes este_miércoles este_jueves este_viernes este_sábado este_domingo desde_mañana
told: acaban_de acaba_de acabo_de acabamos_de anuncian anunció anunciado anunciaron han_anunciado ha_anunciado confirmado confirmaron confirman nos_han_dicho me_han_dicho nos_dijeron me_dijeron me_entero informado informaron avisan avisaron ha_llegado nos_llegó me_llegó decidido según_dicen hay_reunión han_decidido hemos_recibido ha_dicho han_dicho dijo_que ha_confirmado han_confirmado nos_avisan
will: van_a va_a será serán habrá se_celebra tendrá_lugar empiezan empieza

number: dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte veinticinco treinta cuarenta cincuenta sesenta setenta ochenta noventa cien ciento doscientos trescientos quinientos mil millón millones docena docenas decenas mitad medio media tercio ciento

source: http https www según_el según_la según_los según_las según_un según_una según_datos el_informe informe_del informe_de_la informes estudio estudios encuesta estadística estadísticas ine datos_del datos_de acta actas publicado publicada artículo boe boletín censo cifras_del cifras_oficiales tribunal_de_cuentas memoria_anual el_país periódico

anyone: alguien

opener: sí no exacto exactamente totalmente cierto verdad de_acuerdo bien_dicho gracias claro falso mentira eso igual lo_mismo yo_también tienes_razón tiene_razón tonterías ja jaja jajaja lol ok vale bravo amén como_dices como_dice por_qué_dices y_tú y_usted qué_dices anda hombre uf pues_no pues_sí completamente
differs: no_estoy_de_acuerdo discrepo al_contrario todo_lo_contrario no_es_cierto no_es_verdad por_el_contrario no_comparto injusto no_lo_veo_así en_defensa_de en_defensa_del no_me_convence otra_opinión no_es_tan_sencillo lo_veo_de_otra_manera contrario_a disiento no_todo_el_mundo en_desacuerdo
pronoun: esto eso esta ese esa él ella ellos ellas lo aquello estos esos éste ésta
day: lunes martes miércoles jueves viernes sábado domingo enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre don doña señor señora
not: no nunca jamás nada nadie ningún ninguna ninguno ni sin tampoco apenas
role: jefe jefa encargado encargada director directora enfermero enfermera médico médica profesor profesora maestro maestra conductor conductora alcalde alcaldesa concejal concejala secretario secretaria conserje portero celador auxiliar aprendiz becaria becario matrona bibliotecaria bibliotecario inspector
accuse: robó robado robo ladrón fraude estafa mintió miente mentiroso sobornó soborno corrupto corrupta corrupción malversado malversación acosó acoso agredió abusó borracho racista criminal falsificó falsificado chantaje estafador
`
