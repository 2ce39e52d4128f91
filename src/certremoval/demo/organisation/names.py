"""Names to make people of: one pool for each location, and one of names that are at home everywhere.

Data only. Each pool lists women's and men's first names and family names; a family name written
``male/female`` has two forms. The names of people who play a part (``cast``) are in no pool, so that
there are exactly two Anna Kowalskas however large the organisation grows.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NamePool:
    """First names (women's before men's) and family names in their male and female forms."""

    first_names: tuple[str, ...]
    women: int
    family_names: tuple[str, ...]
    family_names_of_women: tuple[str, ...]


def _pool(women: str, men: str, family: str) -> NamePool:
    female, male, last = women.split(), men.split(), family.replace("_", "\u00a0").split(" ")
    forms = [entry.replace("\u00a0", " ").partition("/") for entry in last if entry.strip()]
    return NamePool(
        first_names=(*female, *male),
        women=len(female),
        family_names=tuple(form[0].strip() for form in forms),
        family_names_of_women=tuple((form[2] or form[0]).strip() for form in forms),
    )


def _words(*lines: str) -> str:
    return " ".join(lines)


COLUMBUS = _pool(
    _words(
        "Mary Patricia Jennifer Linda Barbara Susan Jessica Karen Nancy Lisa Betty Sandra Ashley Kimberly Emily",
        "Donna Michelle Carol Amanda Melissa Deborah Stephanie Rebecca Laura Sharon Cynthia Amy Angela Brenda",
        "Pamela Nicole Samantha Katherine Christine Rachel Janet Maria Heather Diane Tamika Keisha Latoya Guadalupe",
        "Rosa Yolanda",
    ),
    _words(
        "James Robert John Michael David William Richard Joseph Thomas Christopher Charles Daniel Matthew Anthony",
        "Mark Donald Steven Andrew Paul Joshua Kenneth Kevin Brian Timothy Ronald Jason George Edward Jeffrey Ryan",
        "Jacob Gary Nicholas Eric Jonathan Larry Justin Scott Brandon DeShawn Jamal Tyrone Jesus Luis Carlos",
    ),
    _words(
        "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson",
        "Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis",
        "Robinson Walker Young Allen King Wright Scott Torres Hill Flores Green Adams Nelson Baker Hall Rivera",
        "Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes",
        "Stewart Morris Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard",
        "Ramos Kim Cox Ward Richardson Watson Brooks Chavez Wood James Bennett Gray Mendoza Hughes Price Alvarez",
        "Castillo Sanders Myers Long Ross Foster Jimenez Powell Jenkins Perry Russell Sullivan Coleman Butler",
        "Henderson Barnes",
    ),
)

LEEDS = _pool(
    _words(
        "Olivia Amelia Isla Ava Ivy Freya Lily Florence Mia Willow Rosie Sophia Grace Charlotte Poppy Evelyn Elsie",
        "Phoebe Harriet Imogen Gemma Lorraine Julie Tracey Denise Gillian Hazel Bethany Chloe Georgia Kirsty",
        "Shannon Siobhan Bronwen Aisha Fatima Zara Priti Chidinma Beverley Moira Wendy Zoë Renée",
    ),
    _words(
        "Oliver Harry Jack Alfie Charlie Freddie Leo Archie Theo Oscar Henry Arthur Lewis Callum Rhys Connor Liam",
        "Gareth Nigel Colin Trevor Stuart Craig Darren Wayne Ian Alan Keith Barry Clive Duncan Ewan Hamish Angus",
        "Dylan Imran Tariq Yusuf Kwame Winston Reece Kieran Dominic Rupert",
    ),
    _words(
        "Ackroyd Appleyard Armitage Ashworth Atkinson Bainbridge Barraclough Beaumont Birtwistle Booth Bradshaw",
        "Braithwaite Broadbent Butterworth Chadwick Clegg Clough Crabtree Crossley Crowther Dewhirst Dyson Earnshaw",
        "Eastwood Fairhurst Farrar Fawcett Firth Garside Gledhill Greenwood Hainsworth Hanson Hardcastle Hargreaves",
        "Haigh Heaton Hepworth Hinchliffe Hirst Holroyd Horsfall Houghton Illingworth Ingham Jagger Jessop Kaye",
        "Kershaw Lister Lockwood Lumb Marsden Metcalfe Midgley Mortimer Murgatroyd Naylor Nettleton Normanton",
        "Oldroyd Ogden Pickles Priestley Rawnsley Redfearn Rhodes Robertshaw Saville Schofield Shackleton Sheard",
        "Siddall Stansfield Sutcliffe Swales Sykes Tattersall Tempest Thackray Thornton Thwaite Townend Turton",
        "Uttley Varley Waddington Wadsworth Walmsley Waterhouse Whitaker Whiteley Widdop Wigglesworth Womersley",
        "Woodhead Wormald Yeadon Hussain Patel Begum Okafor Campbell-Reid Llewellyn MacAllister McBride FitzGerald",
        "O'Dowd O'Hara",
    ),
)

ROTTERDAM = _pool(
    _words(
        "Sanne Anouk Femke Lotte Fleur Roos Maud Eva Julia Sophie Tess Isa Lieke Noor Saar Jasmijn Merel Esmée",
        "Danique Iris Loes Marloes Hanneke Ineke Joke Trijntje Wilma Yvonne Mirjam Petra Carla Nel Wietske Aaltje",
        "Gerda Renske Chantal Kimberley Naomi Dewi Shanti Fatiha Samira Hélène",
    ),
    _words(
        "Daan Sem Bram Lucas Milan Levi Luuk Mees Finn Thijs Jesse Ruben Sander Jeroen Joost Koen Maarten Niels",
        "Wouter Bas Gijs Hendrik Jan Kees Klaas Piet Teun Henk Gerrit Willem Wim Arjen Bart Erik Ferdi Rik Roel",
        "Sjoerd Dirk Evert Ronald Marcel Youssef Rachid Winston Dennis André",
    ),
    _words(
        "de_Jong Jansen de_Vries Bakker Visser Smit Meijer de_Boer Mulder Bos Vos Peters Hendriks Dekker Brouwer",
        "de_Wit Dijkstra Smits de_Graaf Kok Jacobs Vermeulen van_den_Heuvel van_der_Veen van_den_Broek Schouten",
        "Willems van_Vliet Hoekstra Maas Verhoeven Koster Prins Blom Huisman Kuipers van_der_Meulen van_der_Linden",
        "Post Kramer Veenstra Wolters van_Dam van_Dijk Bosch Bosman Sanders Scholten Groen Timmermans Postma",
        "Molenaar Koning Schipper Zwart Verbeek Kuiper Gerritsen Martens van_Rijn Hofman van_Veen Driessen Sieben",
        "Hermans van_Beek Jonker Kooistra Boersma Zijlstra Bouwman Kroon Lammers Faber Brink Ruiter Schepers",
        "Terpstra Veldman Wiersma Zuidema Stam Ruijter Oudshoorn van_Kampen van_Loon van_Oosten Noordhoek Moerman",
        "Langeveld Kraaijeveld Hoogland Goudriaan Feenstra Drenth Coolen Buijs Baars Aarts Wijnaldum Ramdin Pinas",
        "El_Amrani Bouazza Hasselbaink Kluivert Tevreden",
    ),
)

KRAKOW = _pool(
    _words(
        "Anna Maria Katarzyna Małgorzata Agnieszka Barbara Ewa Krystyna Magdalena Elżbieta Joanna Aleksandra Zofia",
        "Teresa Monika Danuta Karolina Natalia Marta Beata Dorota Halina Jadwiga Janina Alicja Jolanta Grażyna",
        "Iwona Irena Paulina Justyna Zuzanna Hanna Bożena Wiktoria Urszula Renata Sylwia Weronika Kinga Łucja",
        "Oksana Olena",
    ),
    _words(
        "Piotr Krzysztof Andrzej Tomasz Paweł Jan Michał Marcin Jakub Adam Stanisław Marek Łukasz Grzegorz Mateusz",
        "Wojciech Mariusz Dariusz Maciej Zbigniew Rafał Jerzy Robert Kamil Jacek Dawid Szymon Kacper Ryszard",
        "Tadeusz Jarosław Bartosz Artur Sebastian Damian Czesław Zdzisław Mirosław Radosław Bogdan Wiesław Ihor",
        "Mykola",
    ),
    _words(
        "Nowak Wiśniewski/Wiśniewska Wójcik Kowalczyk Kamiński/Kamińska Lewandowski/Lewandowska Zieliński/Zielińska",
        "Szymański/Szymańska Woźniak Dąbrowski/Dąbrowska Kozłowski/Kozłowska Jankowski/Jankowska Mazur",
        "Wojciechowski/Wojciechowska Kwiatkowski/Kwiatkowska Krawczyk Kaczmarek Piotrowski/Piotrowska",
        "Grabowski/Grabowska Zając Pawłowski/Pawłowska Michalski/Michalska Król Wieczorek Jabłoński/Jabłońska",
        "Wróbel Nowakowski/Nowakowska Majewski/Majewska Olszewski/Olszewska Stępień Malinowski/Malinowska",
        "Jaworski/Jaworska Adamczyk Dudek Nowicki/Nowicka Pawlak Górski/Górska Witkowski/Witkowska Walczak Sikora",
        "Baran Rutkowski/Rutkowska Michalak Szewczyk Ostrowski/Ostrowska Tomaszewski/Tomaszewska Pietrzak",
        "Zalewski/Zalewska Wróblewski/Wróblewska Marciniak Jasiński/Jasińska Sadowski/Sadowska Bąk Duda Włodarczyk",
        "Borkowski/Borkowska Chmielewski/Chmielewska Jakubowski/Jakubowska Sokołowski/Sokołowska",
        "Szczepański/Szczepańska Sawicki/Sawicka Kucharski/Kucharska Lis Kubiak Kalinowski/Kalinowska",
        "Wysocki/Wysocka Maciejewski/Maciejewska Czarnecki/Czarnecka Kołodziej Urban Kaźmierczak Sobczak",
        "Konieczny/Konieczna Głowacki/Głowacka Zakrzewski/Zakrzewska Wasilewski/Wasilewska Krajewski/Krajewska",
        "Sikorski/Sikorska Laskowski/Laskowska Gajewski/Gajewska Mroczek Szulc Ziółkowski/Ziółkowska",
        "Makowski/Makowska Brzeziński/Brzezińska Przybylski/Przybylska Kaczmarczyk Błaszczyk",
        "Andrzejewski/Andrzejewska Cieślak Zawadzki/Zawadzka Szczęsny/Szczęsna Shevchenko Kravchuk Bondarenko",
    ),
)

PUNE = _pool(
    _words(
        "Aarti Aishwarya Anjali Ankita Anuradha Archana Asha Ashwini Bhagyashree Chitra Deepa Deepali Gauri Gayatri",
        "Isha Jyoti Kalpana Kavita Ketaki Lata Madhuri Manisha Meenal Meera Mrunal Mugdha Neha Pallavi Poonam Pooja",
        "Pradnya Rekha Rupali Rutuja Sayali Seema Shilpa Shraddha Smita Sneha Sonali Swati Tanvi Ujwala Vaishali",
        "Vidya Zeenat",
    ),
    _words(
        "Abhijit Aditya Ajay Akshay Amit Amol Aniket Anil Arjun Ashok Atul Chetan Deepak Dilip Ganesh Girish Harish",
        "Hemant Jayesh Kiran Kunal Mahesh Makarand Mandar Milind Mohan Nikhil Nilesh Omkar Pankaj Prashant Rahul",
        "Rajesh Rohan Sachin Sagar Sameer Sandeep Sanjay Shrikant Suhas Sunil Tejas Tushar Uday Vaibhav Vikram",
        "Vinay Yogesh",
    ),
    _words(
        "Apte Athavale Bapat Bendre Bhagat Bhide Bhosale Bhave Chaudhari Chavan Chitale Dabholkar Damle Dandekar",
        "Date Deo Desai Deshpande Dhere Dixit Dravid Gadgil Gadkari Gaikwad Ghorpade Gokhale Gore Godbole Inamdar",
        "Jadhav Jagtap Jog Joshi Kadam Kale Kamat Kamble Kanitkar Karandikar Karmarkar Karve Kelkar Ketkar Khare",
        "Khot Kolhatkar Koparkar Kshirsagar Lad Lele Limaye Lokhande Mahajan Mane Marathe Mehendale Mohite More",
        "Mujumdar Naik Nene Nimbalkar Oak Ogale Padhye Palekar Paranjape Patil Patwardhan Pawar Pednekar Pendse",
        "Phadke Phalke Potdar Prabhu Purandare Rajwade Ranade Rane Rege Sabnis Salunkhe Sane Sapre Sathe Savant",
        "Sawant Shinde Shirke Shitole Solanki Sohoni Sonawane Tambe Thakur Thorat Tilak Tipnis Ubale Upadhye Vaidya",
        "Vartak Velankar Wagh Wagle Yadav Iyer Nair Reddy Kaur Sheikh Fernandes",
    ),
)

SYDNEY = _pool(
    _words(
        "Matilda Sienna Ruby Mackenzie Tahlia Kylie Sharyn Narelle Raelene Leanne Bronwyn Lauren Jacinta Kirrily",
        "Lucinda Annabel Tegan Jade Skye Indiana Piper Stella Audrey Clementine Marnie Gwenda Noelene Jasmine Thuy",
        "Mei Ngaire Talia Miriam Despina Ioanna Giulia Concetta Leilani Sina Ana",
    ),
    _words(
        "Lachlan Cooper Hunter Bailey Jarrah Angus Hamish Darcy Banjo Flynn Zane Brett Shane Glenn Troy Bruce Ross",
        "Neville Clancy Declan Nathan Mitchell Travis Corey Dean Grant Murray Warwick Malcolm Desmond Stavros",
        "Dimitri Luca Enzo Minh Wei Sione Tevita Joon Patrick",
    ),
    _words(
        "Abbott Bannister Barker Blaxland Bligh Bourke Brisbane Cavanagh Chisholm Coogan Cunningham Darling Dempsey",
        "Donnelly Doyle Drummond Eccleston Farrell Fenwick Fitzpatrick Flanagan Fraser Gallagher Gilchrist",
        "Gillespie Greenaway Hannaford Hargrave Hartigan Hawkesbury Healey Hogan Hume Jamieson Kavanagh Keating",
        "Kennelly Lachland Langford Lawson Lonsdale Macarthur Macquarie Mansfield Maroney McKenzie McLeod McPherson",
        "Menzies Moran Mulligan Nolan Oakley Paterson Pemberton Phelan Quigley Quinlan Rafferty Redmond Riordan",
        "Rourke Ryan Sheridan Slattery Stapleton Sturt Tasman Tierney Tully Underwood Vaucluse Wainwright Walsh",
        "Waratah Wentworth Whelan Whitlam Wilkie Windsor Woolcott Yabsley Papadopoulos Kokkinos Rossi Ferraro",
        "Calabrese Tran Pham Zhang Chen Liu Park Fonoti Taufa Naidu Silvestri Kovacevic Petrovski Haddad Khoury",
    ),
)

# Names that one meets at every location. Their family names are in no other pool.
EVERYWHERE = _pool(
    _words(
        "Ayşe Zeynep Emine Hatice Linh Mai Hương Ngọc Leïla Amélie Inès Chloé Zoé Agnès Núria Begoña Lucía Sofía",
        "Pilar Beatriz Conceição Fátima Ingeborg Åsa Märta Jūratė Žaneta Līga Ilona Noémi Zsófia Ørjana Ximena",
        "Ifeoma Ngozi Wanjiru Abeba Marjatta Päivi Kaja",
    ),
    _words(
        "Emre Çağlar Oğuz İbrahim Đức Hùng Tuấn François Benoît Jérôme Raphaël Iñaki Íñigo Joaquín Andrés João Tomé",
        "Søren Jørgen Håkon Björn Jürgen Günther Jörg Vytautas Jānis Gábor Zoltán László Ștefan Gheorghe Vuk Dušan",
        "Chukwuemeka Oluwaseun Kofi Tesfaye Mikko Väinö Jae-won",
    ),
    _words(
        "Öztürk Yıldız Çelik Doğan Aydın Lê Đặng Bùi Võ Lefèvre Béranger Gauthier D'Aubigny Núñez Ibáñez Muñoz Peña",  # noqa: RUF001
        "Gonçalves Magalhães Simões Sørensen Bjørnstad Ødegård Åkerlund Sjöberg Müller Schröder Weiß Jäger",
        "Kazlauskas Bērziņš Szabó Kővári Tóth Munteanu Țepeș Đorđević Živković Hodžić Okonkwo Adebayo Mensah Haile",
        "Virtanen Mäkelä Jeong Watanabe Al-Rashid Ben_Youssef Da_Silva St._Clair",
    ),
)
