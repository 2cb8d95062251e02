import { render } from 'preact';
import { App } from './app.js';
import './styles.css';
import { applyTheme, themeNow } from './theme.js';

applyTheme(themeNow());
render(<App />, document.getElementById('app')!);
