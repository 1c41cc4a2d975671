import { render } from 'preact';
import { App } from './app.tsx';
import { openSource } from './source.ts';

const page = document.getElementById('page')!;
page.replaceChildren();
render(<App source={openSource()} />, page);
