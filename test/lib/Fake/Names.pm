# Names of people in five countries, the frequent ones first. Written for this test data.
package Fake::Names;

use strict;
use warnings;
use utf8;

sub _words { return [ split ' ', $_[0] ] }

sub _lines
{
	return [ grep { length } map { s/^\s+|\s+$//gr } split /,/, $_[0] ];
}

our %male = (
	NL => _words(
		'Jan Johannes Pieter Willem Hendrik Cornelis Jacobus Daan Thomas Bram Sem Lucas
		Gerrit Dirk Martijn Jeroen Maarten Sander Wouter Bart Joost Koen Ruben Jesse Niels Tim Rob
		Theodorus Antonius Adriaan Hugo Floris Thijs Gijs Jasper Mark Erik Frank Henk Albert
		Marinus Leendert Mohamed Yusuf Stefan Michiel Vincent Arjen Roel Sjoerd'),
	DE => _words(
		'Michael Thomas Andreas Peter Stefan Christian Hans Martin Wolfgang Jürgen Klaus
		Uwe Frank Matthias Alexander Markus Tobias Florian Sebastian Jan Lukas Felix Maximilian
		Jonas Leon Paul Niklas Philipp Johannes Josef Karl Heinz Günther Jörg Rainer Dieter Holger
		Ralf Torsten Björn Sören Kevin Mehmet Mustafa Friedrich Heinrich Ulrich Gerhard Bernd Kai'),
	GB => _words(
		'John David James Robert William Michael Richard Thomas Andrew Paul Daniel Mark
		Stephen Christopher Matthew Anthony Edward George Charles Peter Jack Oliver Harry Joseph
		Samuel Benjamin Alexander Henry Kenneth Ronald Alan Graham Simon Philip Timothy Gareth
		Patrick Nicholas Jonathan Gregory Mohammed Ahmed Callum Liam Owen Rhys Adam Luke Nathan Ian'),
	FR => _words(
		'Jean Pierre Michel Philippe Nicolas Alain Bernard Christophe Laurent Patrick
		Julien Thomas Antoine François Stéphane Frédéric Olivier Éric Sébastien Guillaume Mathieu
		Alexandre Hugo Lucas Louis Gabriel Raphaël Jérôme Rémi Benoît Vincent Thierry Gérard
		Jacques Henri Marcel René Yves Karim Mehdi'),
	ES => _words(
		'Antonio José Manuel Francisco Juan David Javier Daniel Carlos Jesús Alejandro
		Miguel Rafael Pedro Pablo Ángel Sergio Fernando Jorge Luis Alberto Álvaro Diego Adrián
		Raúl Enrique Ramón Vicente Iván Rubén Óscar Andrés Joaquín Santiago Eduardo Víctor Roberto
		Jaime Ignacio Marcos'));

our %female = (
	NL => _words(
		'Maria Johanna Anna Elisabeth Cornelia Hendrika Wilhelmina Emma Julia Sophie Lotte
		Sanne Eva Lisa Anouk Femke Marieke Ingrid Petra Monique Esther Margaretha Catharina Marjan
		Linda Karin Saskia Astrid Mirjam Yvonne Fleur Iris Noor Roos Tess Fatima Naomi Wendy
		Annelies Geertje Willemijn Ilse Marloes Nienke Inge Jolanda Ria Truus Britt Maud'),
	DE => _words(
		'Maria Anna Ursula Monika Petra Elisabeth Sabine Renate Helga Karin Brigitte Ingrid
		Andrea Gisela Claudia Susanne Julia Stefanie Christina Katharina Sandra Nicole Melanie
		Laura Lena Sophie Hannah Lea Marie Jana Birgit Heike Martina Gabriele Ute Anja Kerstin
		Silke Margarete Bärbel Käthe Doris Jutta Franziska Johanna Charlotte Ayşe Fatma Elke Vera'),
	GB => _words(
		'Mary Susan Margaret Sarah Elizabeth Patricia Jennifer Karen Helen Emma Claire Laura
		Rebecca Victoria Jessica Charlotte Olivia Emily Sophie Amelia Catherine Christine Deborah
		Barbara Dorothy Jean Anne Alison Nicola Joanne Samantha Rachel Lucy Hannah Grace Katie
		Megan Abigail Fiona Heather Kathleen Pamela Priya Aisha Zoe Eleanor Florence Ruth Diana Gwen'),
	FR => _words(
		'Marie Nathalie Isabelle Sylvie Catherine Françoise Martine Christine Monique
		Valérie Sandrine Véronique Sophie Céline Stéphanie Aurélie Émilie Julie Camille Léa Manon
		Chloé Inès Jeanne Hélène Claire Anne Brigitte Chantal Jacqueline Élodie Laure Pauline
		Mathilde Margaux Fatima Nadia Corinne Delphine Agnès'),
	ES => _words(
		'María Carmen Ana Isabel Dolores Pilar Teresa Laura Cristina Marta Francisca Lucía
		Elena Sara Paula Raquel Rosa Mercedes Beatriz Nuria Silvia Julia Irene Patricia Montserrat
		Andrea Rocío Mónica Alba Ángela Inmaculada Sonia Sofía Susana Yolanda Margarita Eva
		Claudia Encarnación Inés'));

our %family = (
	NL => _lines(
		'de Jong,Jansen,de Vries,van den Berg,van Dijk,Bakker,Janssen,Visser,Smit,Meijer,
		de Boer,Mulder,de Groot,Bos,Vos,Peters,Hendriks,van Leeuwen,Dekker,Brouwer,de Wit,Dijkstra,
		Smits,de Graaf,van der Meer,van der Linden,Kok,Jacobs,de Haan,Vermeulen,van den Heuvel,
		van der Veen,van den Broek,de Bruijn,de Bruin,van der Heijden,Schouten,van Beek,Willems,
		van Vliet,Hoekstra,Maas,Verhoeven,Koster,van Dam,van der Wal,Prins,Blom,Huisman,Peeters,
		Kuipers,van Veen,Kuiper,Veenstra,Kramer,van den Brink,Scholten,van Wijk,Postma,Martens,
		Post,de Lange,van der Laan,Bosman,Gerritsen,Wouters,Schipper,Timmermans,van Rijn,Zijlstra,
		Groen,Sanders,Ramdin,El Amrani,Yilmaz,Bouma,Terpstra,Evers,Hermans,Molenaar'),
	DE => _words(
		'Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer
		Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann
		Hartmann Lange Schmitt Werner Krause Meier Lehmann Schmid Schulze Maier Köhler Herrmann
		König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert
		Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht
		Schuster Simon Ludwig Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto
		Sommer Groß Seidel Heinrich Brandt Haas Yıldız Nowak'),
	GB => _words(
		'Smith Jones Williams Taylor Brown Davies Evans Wilson Thomas Johnson Roberts Walker
		Wright Robinson Thompson White Hughes Edwards Green Hall Wood Harris Lewis Martin Jackson
		Clarke Clark Turner Hill Scott Cooper Morris Ward Moore King Watson Baker Harrison Morgan
		Patel Young Allen Mitchell James Anderson Phillips Lee Bell Parker Davis Bennett Miller Cook
		Shaw Cox Richardson Marshall Collins Carter Adams Khan Stevens O\'Connor Murphy Kelly
		MacDonald McCarthy Campbell Stewart Fraser Hussain Begum Singh Foster Gray Barnes Pearson
		Whitehead Ellis Knight'),
	FR => _words(
		'Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel
		Lefèvre Leroy Roux David Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine
		Rousseau Vincent Muller Lefebvre Faure André Mercier Blanc Guérin Boyer Garnier Chevalier
		François Legrand Gauthier Garcia Perrin Robin Clément Morin Nicolas Henry Roussel Mathieu
		Gautier Masson Marchand Duval Denis Dumont Marie Lemaire Noël Meyer Dufour Benali'),
	ES => _words(
		'García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín
		Jiménez Ruiz Hernández Díaz Moreno Muñoz Álvarez Romero Alonso Gutiérrez Navarro Torres
		Domínguez Vázquez Ramos Gil Ramírez Serrano Blanco Molina Morales Suárez Ortega Delgado
		Castro Ortiz Rubio Marín Sanz Núñez Iglesias Medina Garrido Cortés Castillo Santos Lozano
		Guerrero Cano Prieto Méndez Cruz Calvo Gallego Vidal León Márquez Herrera Peña Flores'));

# Rare family names are put together: the long tail that every register has.
our %rare_head = (
	NL => _lines(
		'van der Hoeven,van Oosten,ter Horst,ten Brink,Noorder,Wester,Ooster,Zuider,Rietveld,
		Dijk,Veld,Hoog,Laag,Groene,Broek,Wolters,Steen,Linden,Molen,Kerk'),
	DE => _words(
		'Ober Nieder Stein Berg Wald Feld Eber Linden Rosen Hohen Alten Neu Kirch Mühl Grün
		Eich Birken Hasen Wolfs Kalten'),
	GB => _words(
		'Ash Black Brad Hart Holl Lang North Pem Red Shel South Thorn Wake Whit Wood Cran Dal
		Elm Farn Hazel'),
	FR => _words('Beau Bel Bois Champ Clair Fau Grand Haute Mont Vau Ville Long Roche Font Cour'),
	ES => _words('Val Mon Torre Villa Casa Ojeda Arre Esca Mira Palo Quinta Ribe Sala Urru Zarra'));
our %rare_tail = (
	NL => _words('stra kamp huis man sma veen hof stede wijk horst boer daal'),
	DE => _words('bauer hofer mann berger müller meier bach stein huber rieder maier egger'),
	GB => _words('worth ley ton well field stone wick bourne combe shaw ham croft'),
	FR => _words('champ mont villiers court bert lain rand neuf dieu vert mare coeur'),
	ES => _words('verde mayor lobo seca blanca rola dura sola nova cilla bar mendi'));

# Short forms that people use of their own names.
our %nickname = (
	Johannes    => [ 'Jan', 'Hans' ],
	Pieter      => ['Piet'],
	Willem      => ['Wim'],
	Hendrik     => ['Henk'],
	Cornelis    => [ 'Kees', 'Cor' ],
	Jacobus     => [ 'Koos', 'Jaap' ],
	Gerrit      => ['Ger'],
	Theodorus   => ['Theo'],
	Antonius    => [ 'Ton', 'Toon' ],
	Adriaan     => ['Ad'],
	Elisabeth   => [ 'Els', 'Liesbeth' ],
	Johanna     => [ 'Jo',  'Hanna' ],
	Cornelia    => ['Corrie'],
	Wilhelmina  => [ 'Willy', 'Mien' ],
	Margaretha  => ['Greet'],
	Catharina   => ['Toos'],
	Michael     => [ 'Mike', 'Michi' ],
	Thomas      => ['Tom'],
	Andreas     => ['Andi'],
	Alexander   => ['Alex'],
	Maximilian  => ['Max'],
	Sebastian   => ['Basti'],
	Josef       => ['Sepp'],
	Friedrich   => ['Fritz'],
	Heinrich    => ['Heinz'],
	Ulrich      => ['Uli'],
	Katharina   => ['Kathi'],
	Susanne     => ['Susi'],
	Margarete   => ['Gretel'],
	Gabriele    => ['Gabi'],
	Stefanie    => ['Steffi'],
	Christina   => ['Tina'],
	Robert      => [ 'Bob',  'Rob' ],
	William     => [ 'Bill', 'Will' ],
	Richard     => [ 'Dick', 'Rick' ],
	James       => ['Jim'],
	John        => ['Jack'],
	David       => ['Dave'],
	Stephen     => ['Steve'],
	Christopher => ['Chris'],
	Matthew     => ['Matt'],
	Anthony     => ['Tony'],
	Edward      => [ 'Ted', 'Ed' ],
	Charles     => ['Charlie'],
	Daniel      => ['Dan'],
	Joseph      => ['Joe'],
	Samuel      => ['Sam'],
	Benjamin    => ['Ben'],
	Henry       => ['Harry'],
	Kenneth     => ['Ken'],
	Ronald      => ['Ron'],
	Timothy     => ['Tim'],
	Nicholas    => ['Nick'],
	Elizabeth   => [ 'Liz',   'Beth' ],
	Margaret    => [ 'Peggy', 'Maggie' ],
	Jennifer    => ['Jenny'],
	Susan       => ['Sue'],
	Patricia    => ['Pat'],
	Victoria    => ['Vicky'],
	Rebecca     => ['Becky'],
	Deborah     => ['Debbie'],
	Catherine   => [ 'Kate', 'Cathy' ],
	Samantha    => ['Sam'],
	Jessica     => ['Jess'],
	Christophe  => ['Chris'],
	Frédéric    => ['Fred'],
	Alexandre   => ['Alex'],
	Francisco   => ['Paco'],
	José        => ['Pepe'],
	Manuel      => ['Manolo'],
	Jesús       => ['Chus'],
	Dolores     => ['Lola'],
	Francisca   => ['Paqui'],
	Ignacio     => ['Nacho'],
	Rafael      => ['Rafa'],
	Mercedes    => ['Merche'],
	Pilar       => ['Pili'],
	Montserrat  => ['Montse']);

sub family_name
{
	my ($random, $country) = @_;
	my $name =
		$random->chance(0.72)
	  ? $random->pick_skewed($family{$country})
	  : _rare($random, $country);
	return $name if $country ne 'ES';
	return $name . ' ' . $random->pick_skewed($family{ES});
}

sub _rare
{
	my ($random, $country) = @_;
	return $random->pick($rare_head{$country}) . $random->pick($rare_tail{$country});
}

sub given_name
{
	my ($random, $country, $gender) = @_;
	return $random->pick_skewed($gender eq 'f' ? $female{$country} : $male{$country});
}

1;
