import boats from '../../../demo/content.jpg?url';
import night from '../../../demo/style.jpg?url';
import acanthus from '../../examples/acanthus.jpg?url';
import alps from '../../examples/alps.jpg?url';
import glass from '../../examples/glass.jpg?url';
import waves from '../../examples/waves.jpg?url';

/** A picture that is there without looking for one. */
export interface Example {
  name: string;
  url: string;
}

/** Photographs of the 19th and early 20th century, in the public domain. */
export const CONTENTS: readonly [Example, ...Example[]] = [
  { name: 'Boats at Nagasaki', url: boats },
  { name: 'Acanthus', url: acanthus },
  { name: 'Alps', url: alps },
];

/** Painted by programs of this project. */
export const STYLES: readonly [Example, ...Example[]] = [
  { name: 'Windy night', url: night },
  { name: 'Printed waves', url: waves },
  { name: 'Stained glass', url: glass },
];
